import { DatasetDetail } from '@/features/datasets/dataset-detail'

export default async function DatasetDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <DatasetDetail id={decodeURIComponent(id)} />
}
