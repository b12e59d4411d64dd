import { AcceptInvitation } from '@/features/account/accept-invitation'

export default function AcceptInvitationPage() {
  return <AcceptInvitation />
}
