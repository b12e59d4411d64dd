import { ApiKeys } from '@/features/access/api-keys'

export default function ApiKeysPage() {
  return <ApiKeys />
}
