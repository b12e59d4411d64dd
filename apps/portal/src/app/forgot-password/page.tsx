import { ForgotPassword } from '@/features/account/forgot-password'

export default function ForgotPasswordPage() {
  return <ForgotPassword />
}
