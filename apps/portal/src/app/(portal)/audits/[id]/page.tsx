import { AuditReportScreen } from '@/features/audits/audit-report'

export default async function AuditPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <AuditReportScreen id={decodeURIComponent(id)} />
}
