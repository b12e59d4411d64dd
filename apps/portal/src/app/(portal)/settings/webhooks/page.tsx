import { Webhooks } from '@/features/webhooks/webhooks'

export default function WebhooksPage() {
  return <Webhooks />
}
