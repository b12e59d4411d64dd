import { Requests } from '@/features/erasure/requests'

export default function RequestsPage() {
  return <Requests />
}
