import { Members } from '@/features/access/members'

export default function MembersPage() {
  return <Members />
}
