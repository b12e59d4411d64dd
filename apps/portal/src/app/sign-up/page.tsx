import { redirect } from 'next/navigation'
import { SignUp } from '@/features/account/sign-up'
import { readSignUpPolicy } from '@/session/identity'

export default async function SignUpPage() {
  if ((await readSignUpPolicy()) === 'closed') redirect('/sign-in')
  return <SignUp />
}
