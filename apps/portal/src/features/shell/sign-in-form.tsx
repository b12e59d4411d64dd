'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { LocaleChoice } from '@/features/settings/choices'
import { Wordmark } from '@/features/shell/wordmark'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'

const reasons = ['refused', 'rate-limited', 'unreachable'] as const
type Reason = (typeof reasons)[number]

const reasonOf = (body: unknown): Reason => {
  const reason = (body as { reason?: unknown } | null)?.reason
  return reasons.find((known) => known === reason) ?? 'unreachable'
}

export function SignInForm({ target, hasEnded }: { target: string; hasEnded: boolean }) {
  const t = useTranslations('signIn')
  const [pending, setPending] = useState(false)
  const [reason, setReason] = useState<Reason | null>(null)

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setPending(true)
    setReason(null)
    const body = JSON.stringify({ email: form.get('email'), password: form.get('password') })
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => null)
    if (response?.ok) return window.location.assign(target)
    setReason(reasonOf(await response?.json().catch(() => null)))
    setPending(false)
  }

  return (
    <main className="grid min-h-dvh content-center px-5 py-10">
      <div className="mx-auto grid w-full max-w-sm gap-7">
        <div className="grid gap-4">
          <Wordmark />
          <h1 className="answer">{t('answer')}</h1>
          <p className="text-sm text-ink-2">{t('note')}</p>
        </div>
        {hasEnded && reason === null ? (
          <p role="status" className="rounded-md bg-open-well px-3 py-2 text-sm text-open">
            {t('ended')}
          </p>
        ) : null}
        <form onSubmit={(event) => void submit(event)} className="grid gap-4 rounded-lg border bg-sheet p-5">
          <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
          <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
          {reason ? (
            <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
              {t(`reasons.${reason}`)}
            </p>
          ) : null}
          <Button type="submit" tone="primary" disabled={pending} aria-busy={pending}>
            {pending ? t('pending') : t('submit')}
          </Button>
        </form>
        <LocaleChoice />
      </div>
    </main>
  )
}
