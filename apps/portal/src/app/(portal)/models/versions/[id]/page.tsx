import { VersionDetail } from '@/features/models/version-detail'

export default async function VersionDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <VersionDetail id={decodeURIComponent(id)} />
}
