import { redirect } from 'next/navigation'
import { SignInForm } from '@/features/shell/sign-in-form'
import { readViewer } from '@/session/viewer'

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ to?: string; ended?: string }> }) {
  const { to, ended } = await searchParams
  if (ended === undefined && (await readViewer()).state === 'signed-in') redirect('/')
  // Only a path of this site; anything else would send somebody who has just signed in elsewhere.
  const target = to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/'
  return <SignInForm target={target} hasEnded={ended !== undefined} />
}
