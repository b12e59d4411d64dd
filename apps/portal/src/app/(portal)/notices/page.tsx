import { Notices } from '@/features/notices/notices'

export default function NoticesPage() {
  return <Notices />
}
