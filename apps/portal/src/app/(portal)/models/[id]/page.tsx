import { ModelDetail } from '@/features/models/model-detail'

export default async function ModelDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <ModelDetail id={decodeURIComponent(id)} />
}
