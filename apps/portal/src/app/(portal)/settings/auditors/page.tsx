import { AuditorAccess } from '@/features/access/auditor-access'

export default function AuditorAccessPage() {
  return <AuditorAccess />
}
