import { DeviceCosts } from '@/features/costs/device-costs'

export default function CostsPage() {
  return <DeviceCosts />
}
