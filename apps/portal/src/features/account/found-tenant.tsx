'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { NewPassword } from '@/features/account/new-password'
import { formClass, Problem } from '@/features/account/outside-page'
import { signInHere } from '@/features/account/sign-in-here'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'

interface FoundTenantProps {
  token: string
  person: { email: string; isNew: boolean }
  onFounded: () => void
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)

export function FoundTenant({ token, person, onFounded }: FoundTenantProps) {
  const t = useTranslations('access')
  const [slug, setSlug] = useState('')
  const [isPending, setPending] = useState(false)
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const chosen = person.isNew ? { name: form.get('name'), password: form.get('password') } : {}
    const tenant = { name: form.get('organization'), slug: form.get('slug') }
    setPending(true)
    setProblem(null)
    const called = await callIdentity('/api/identity/sign-up/complete', { token, ...chosen, tenant })
    if (called.ok && person.isNew && (await signInHere(person.email, form))) return
    setPending(false)
    if (called.ok) onFounded()
    else setProblem(called.problem)
  }
  return (
    <form onSubmit={(event) => void submit(event)} className={formClass}>
      <p className="text-sm text-ink-2">{t('signUp.confirmed', { email: person.email })}</p>
      <TextField
        label={t('signUp.organization')}
        name="organization"
        autoComplete="organization"
        maxLength={100}
        required
        autoFocus
        onChange={(event) => setSlug(slugOf(event.target.value))}
      />
      <TextField
        label={t('signUp.slug')}
        hint={t('signUp.slugHint')}
        name="slug"
        value={slug}
        onChange={(event) => setSlug(event.target.value)}
        pattern="[a-z0-9](-?[a-z0-9]){1,39}"
        required
      />
      {person.isNew ? (
        <>
          <TextField label={t('name')} name="name" autoComplete="name" maxLength={100} required />
          <NewPassword />
        </>
      ) : null}
      {problem ? <Problem>{t(`problems.${problem}`)}</Problem> : null}
      <Button type="submit" tone="primary" disabled={isPending}>
        {t('signUp.submit')}
      </Button>
    </form>
  )
}
