import { redirect } from 'next/navigation'
import { SignInForm } from '@/features/shell/sign-in-form'
import { ssoProblemOf } from '@/features/shell/sso-problem'
import { readSignUpPolicy } from '@/session/identity'
import { safeTarget } from '@/session/safe-target'
import { readViewer } from '@/session/viewer'

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ to?: string; ended?: string; sso?: string }>
}) {
  const { to, ended, sso } = await searchParams
  if (ended === undefined && (await readViewer()).state === 'signed-in') redirect('/')
  const signUp = await readSignUpPolicy()
  return (
    <SignInForm
      target={safeTarget(to)}
      hasEnded={ended !== undefined}
      ssoProblem={sso === undefined ? null : ssoProblemOf(sso)}
      isSignUpOpen={signUp === 'open'}
    />
  )
}
