import { RequestDetail } from '@/features/erasure/request-detail'

export default async function RequestDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <RequestDetail id={decodeURIComponent(id)} />
}
