import { Datasets } from '@/features/datasets/datasets'

export default function DatasetsPage() {
  return <Datasets />
}
