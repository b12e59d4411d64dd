import { Models } from '@/features/models/models'

export default function ModelsPage() {
  return <Models />
}
