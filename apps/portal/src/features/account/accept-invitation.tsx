'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useState, type FormEvent } from 'react'
import { callIdentity, type ProblemKey } from '@/features/account/call-identity'
import { formClass, Notice, OutsidePage, Problem } from '@/features/account/outside-page'
import { NewPassword } from '@/features/account/new-password'
import { signInHere } from '@/features/account/sign-in-here'
import { useMailedToken } from '@/features/account/use-mailed-token'
import { Button } from '@/ui/button'
import { TextField } from '@/ui/field'
import { TextLink } from '@/ui/text-link'

interface Invitation {
  tenantName: string
  email: string
  role: string
  isNew: boolean
}

export function AcceptInvitation() {
  const t = useTranslations()
  const { token, isRead } = useMailedToken()
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const [state, setState] = useState<'asking' | 'pending' | 'joined'>('asking')
  const [problem, setProblem] = useState<ProblemKey | null>(null)
  useEffect(() => {
    if (token === null) return
    void callIdentity<Invitation>('/api/identity/invitation/read', { token }).then((called) =>
      called.ok ? setInvitation(called.answer) : setProblem(called.problem),
    )
  }, [token])
  const accept = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const person = invitation?.isNew ? { name: form.get('name'), password: form.get('password') } : {}
    setState('pending')
    setProblem(null)
    const called = await callIdentity('/api/identity/invitation/accept', { token, ...person })
    if (called.ok && invitation?.isNew && (await signInHere(invitation.email, form))) return
    setState(called.ok ? 'joined' : 'asking')
    if (!called.ok) setProblem(called.problem)
  }
  const shown: ProblemKey | null = isRead && token === null ? 'INVITATION_INVALID' : problem
  const answer = invitation
    ? t('access.invitation.answer', { tenant: invitation.tenantName, role: t(`roles.${invitation.role}`) })
    : t('access.invitation.unread')
  return (
    <OutsidePage
      answer={answer}
      note={invitation ? t('access.invitation.note', { email: invitation.email }) : undefined}
    >
      {state === 'joined' ? (
        <Notice>{t('access.invitation.joined', { tenant: invitation?.tenantName ?? '' })}</Notice>
      ) : invitation ? (
        <form onSubmit={(event) => void accept(event)} className={formClass}>
          {invitation.isNew ? (
            <>
              {/* Password managers file the new password under this name. */}
              <input type="hidden" name="username" autoComplete="username" value={invitation.email} readOnly />
              <TextField label={t('access.name')} name="name" autoComplete="name" maxLength={100} required autoFocus />
              <NewPassword />
            </>
          ) : (
            <p className="text-sm text-ink-2">{t('access.invitation.known')}</p>
          )}
          {shown ? <Problem>{t(`access.problems.${shown}`)}</Problem> : null}
          <Button type="submit" tone="primary" disabled={state === 'pending'}>
            {t('access.invitation.submit')}
          </Button>
        </form>
      ) : shown ? (
        <Problem>{t(`access.problems.${shown}`)}</Problem>
      ) : null}
      <p className="text-sm">
        <TextLink href="/sign-in">{t('access.toSignIn')}</TextLink>
      </p>
    </OutsidePage>
  )
}
