'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import { NewPassword } from '@/features/account/new-password'
import { useMailedToken } from '@/features/account/use-mailed-token'
import { Button } from '@/ui/button'
import { TextLink } from '@/ui/text-link'

export function ResetPassword() {
  const t = useTranslations('access')
  const { token, isRead } = useMailedToken()
  const [state, setState] = useState<'asking' | 'pending' | 'done'>('asking')
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  const shown: ProblemKey | null = isRead && token === null ? 'INVALID_TOKEN' : problem
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const newPassword = new FormData(event.currentTarget).get('password')
    setState('pending')
    setProblem(null)
    const called = await callIdentity('/api/identity/reset-password', { token, newPassword })
    setState(called.ok ? 'done' : 'asking')
    if (!called.ok) setProblem(called.problem)
  }
  return (
    <OutsidePage answer={t('reset.answer')} note={t('reset.note')}>
      {state === 'done' ? (
        <Notice>{t('reset.done')}</Notice>
      ) : (
        <form onSubmit={(event) => void submit(event)} className={formClass}>
          <NewPassword autoFocus />
          {shown ? <Problem>{t(`problems.${shown}`)}</Problem> : null}
          <Button type="submit" tone="primary" disabled={state === 'pending' || token === null}>
            {t('reset.submit')}
          </Button>
        </form>
      )}
      <p className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
        <TextLink href="/sign-in">{t('toSignIn')}</TextLink>
        {state === 'done' ? null : <TextLink href="/forgot-password">{t('forgot.again')}</TextLink>}
      </p>
    </OutsidePage>
  )
}
