'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import { useMailedToken } from '@/features/account/use-mailed-token'
import { Button } from '@/ui/button'
import { Moment } from '@/ui/moment'

interface Asked {
  tenantName: string
  number: number
  receivedAt: string
  expiresAt: string
}

/** For whoever got the mail: what was asked of whom. Only a button answers. */
export function ConfirmRequest() {
  const t = useTranslations('access')
  const { token, isRead } = useMailedToken()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [state, setState] = useState<'asking' | 'pending' | 'confirm' | 'decline'>('asking')
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  useEffect(() => {
    if (token === null) return
    void callIdentity<Asked>('/api/identity/erasure-identity/read', { token }).then((called) =>
      called.ok ? setAsked(called.answer) : setProblem(called.problem),
    )
  }, [token])
  const say = async (answer: 'confirm' | 'decline') => {
    setState('pending')
    setProblem(null)
    const called = await callIdentity('/api/identity/erasure-identity/answer', { token, answer })
    setState(called.ok ? answer : 'asking')
    if (!called.ok) setProblem(called.problem)
  }
  const shown: ProblemKey | null = isRead && token === null ? 'CHALLENGE_INVALID' : problem
  if (asked === null)
    return (
      <OutsidePage answer={t('confirmRequest.unread')}>
        {shown ? <Problem>{t(`problems.${shown}`)}</Problem> : null}
      </OutsidePage>
    )
  const { tenantName: tenant, number, receivedAt, expiresAt } = asked
  if (state === 'confirm' || state === 'decline')
    return (
      <OutsidePage answer={t('confirmRequest.answered', { tenant })}>
        <Notice>{t(`confirmRequest.done.${state}`, { tenant })}</Notice>
      </OutsidePage>
    )
  return (
    <OutsidePage answer={t('confirmRequest.answer', { tenant })} note={t('confirmRequest.note', { tenant })}>
      <div className={formClass}>
        <p className="text-sm">
          {t('confirmRequest.request', { number })} · <Moment at={receivedAt} />
        </p>
        <p className="text-sm text-ink-2">
          {t('confirmRequest.until')} <Moment at={expiresAt} />
        </p>
        {shown ? <Problem>{t(`problems.${shown}`)}</Problem> : null}
        <Button tone="primary" disabled={state === 'pending'} onClick={() => void say('confirm')}>
          {t('confirmRequest.confirm')}
        </Button>
        <Button disabled={state === 'pending'} onClick={() => void say('decline')}>
          {t('confirmRequest.decline')}
        </Button>
      </div>
    </OutsidePage>
  )
}
