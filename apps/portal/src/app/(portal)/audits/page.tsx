import { Audits } from '@/features/audits/audits'

export default function AuditsPage() {
  return <Audits />
}
