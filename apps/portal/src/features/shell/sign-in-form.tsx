'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent, type MouseEvent } from 'react'
import { callIdentity } from '@/features/account/call-identity'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import type { SsoProblem } from '@/features/shell/sso-problem'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'
import { TextLink } from '@/ui/text-link'

const reasons = ['refused', 'rate-limited', 'unreachable'] as const
type Reason = (typeof reasons)[number]

const reasonOf = (body: unknown): Reason => {
  const reason = (body as { reason?: unknown } | null)?.reason
  return reasons.find((known) => known === reason) ?? 'unreachable'
}

interface SignInFormProps {
  target: string
  hasEnded: boolean
  /** Came back from an identity provider that did not sign anybody in. */
  ssoProblem: SsoProblem | null
  isSignUpOpen: boolean
}

export function SignInForm({ target, hasEnded, ssoProblem, isSignUpOpen }: SignInFormProps) {
  const t = useTranslations()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState(() => {
    if (ssoProblem === null) return null
    return ssoProblem === 'refused' ? t('access.sso.refused') : t(`access.problems.${ssoProblem}`)
  })

  const withPassword = async (form: FormData) => {
    const body = JSON.stringify({ email: form.get('email'), password: form.get('password') })
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => null)
    if (response?.ok) return window.location.assign(target)
    setProblem(t(`signIn.reasons.${reasonOf(await response?.json().catch(() => null))}`))
    setPending(false)
  }
  const withProvider = async (form: FormData) => {
    const called = await callIdentity<{ url: string }>('/api/sso/begin', { email: form.get('email'), target })
    if (called.ok) return window.location.assign(called.answer.url)
    setProblem(t(`access.problems.${called.problem}`))
    setPending(false)
  }
  const begin = (work: (form: FormData) => Promise<void>, form: HTMLFormElement) => {
    setPending(true)
    setProblem(null)
    void work(new FormData(form))
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    begin(withPassword, event.currentTarget)
  }
  // Needs the address alone, so the form as a whole is not asked whether it is complete.
  const leaveForProvider = (event: MouseEvent<HTMLButtonElement>) => {
    const { form } = event.currentTarget
    const email = form?.elements.namedItem('email')
    if (form && email instanceof HTMLInputElement && email.reportValidity()) begin(withProvider, form)
  }

  return (
    <OutsidePage answer={t('signIn.answer')} note={t('signIn.note')}>
      {hasEnded && problem === null ? <Notice>{t('signIn.ended')}</Notice> : null}
      <form onSubmit={submit} className={formClass}>
        <TextField label={t('signIn.email')} name="email" type="email" autoComplete="username" required autoFocus />
        <TextField
          label={t('signIn.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          hint={<TextLink href="/forgot-password">{t('access.forgot.link')}</TextLink>}
        />
        {problem ? <Problem>{problem}</Problem> : null}
        <Button type="submit" tone="primary" disabled={pending} aria-busy={pending}>
          {pending ? t('signIn.pending') : t('signIn.submit')}
        </Button>
        <Button onClick={leaveForProvider} disabled={pending}>
          {t('access.sso.submit')}
        </Button>
      </form>
      {isSignUpOpen ? (
        <p className="text-sm">
          <TextLink href="/sign-up">{t('access.signUp.link')}</TextLink>
        </p>
      ) : null}
    </OutsidePage>
  )
}
