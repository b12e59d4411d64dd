'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useState, type FormEvent } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { FoundTenant } from '@/features/account/found-tenant'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import { useMailedToken } from '@/features/account/use-mailed-token'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'
import { TextLink } from '@/ui/text-link'

/** First the address, whose owner gets a link; behind the link the organisation. */
export function SignUp() {
  const t = useTranslations('access')
  const { token, isRead } = useMailedToken()
  const [confirmed, setConfirmed] = useState<{ email: string; isNew: boolean } | null>(null)
  const [state, setState] = useState<'asking' | 'pending' | 'sent' | 'founded'>('asking')
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  useEffect(() => {
    if (token === null) return
    void callIdentity<{ email: string; isNew: boolean }>('/api/identity/sign-up/read', { token }).then((called) =>
      called.ok ? setConfirmed(called.answer) : setProblem(called.problem),
    )
  }, [token])
  const request = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const email = new FormData(event.currentTarget).get('email')
    setState('pending')
    setProblem(null)
    const called = await callIdentity('/api/identity/sign-up/request', { email })
    setState(called.ok ? 'sent' : 'asking')
    if (!called.ok) setProblem(called.problem)
  }
  return (
    <OutsidePage answer={t('signUp.answer')} note={t('signUp.note')}>
      {state === 'founded' || (state === 'sent' && token === null) ? (
        <Notice>{t(`signUp.${state}`)}</Notice>
      ) : token !== null && confirmed !== null ? (
        <FoundTenant token={token} person={confirmed} onFounded={() => setState('founded')} />
      ) : isRead && token === null ? (
        <form onSubmit={(event) => void request(event)} className={formClass}>
          <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
          {problem ? <Problem>{t(`problems.${problem}`)}</Problem> : null}
          <Button type="submit" tone="primary" disabled={state === 'pending'}>
            {t('signUp.request')}
          </Button>
        </form>
      ) : problem ? (
        <Problem>{t(`problems.${problem}`)}</Problem>
      ) : null}
      <p className="text-sm">
        <TextLink href="/sign-in">{t('toSignIn')}</TextLink>
      </p>
    </OutsidePage>
  )
}
