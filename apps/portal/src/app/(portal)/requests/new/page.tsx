import { NewRequest } from '@/features/erasure/new-request'

export default function NewRequestPage() {
  return <NewRequest />
}
