import { ConfirmRequest } from '@/features/account/confirm-request'

export default function ConfirmRequestPage() {
  return <ConfirmRequest />
}
