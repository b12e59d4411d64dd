import { NoticeChoices } from '@/features/notices/notice-choices'

export default function NotificationsPage() {
  return <NoticeChoices />
}
