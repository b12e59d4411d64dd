'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'
import { TextLink } from '@/ui/text-link'

/** The answer is the same whether the address is known or not. */
export function ForgotPassword() {
  const t = useTranslations('access')
  const [state, setState] = useState<'asking' | 'pending' | 'sent'>('asking')
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const email = new FormData(event.currentTarget).get('email')
    setState('pending')
    setProblem(null)
    const called = await callIdentity('/api/identity/request-password-reset', { email })
    setState(called.ok ? 'sent' : 'asking')
    if (!called.ok) setProblem(called.problem)
  }
  return (
    <OutsidePage answer={t('forgot.answer')} note={t('forgot.note')}>
      {state === 'sent' ? (
        <Notice>{t('forgot.sent')}</Notice>
      ) : (
        <form onSubmit={(event) => void submit(event)} className={formClass}>
          <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
          {problem ? <Problem>{t(`problems.${problem}`)}</Problem> : null}
          <Button type="submit" tone="primary" disabled={state === 'pending'}>
            {t('forgot.submit')}
          </Button>
        </form>
      )}
      <p className="text-sm">
        <TextLink href="/sign-in">{t('toSignIn')}</TextLink>
      </p>
    </OutsidePage>
  )
}
