import { Tenants } from '@/features/platform/tenants'

export default function TenantsPage() {
  return <Tenants />
}
