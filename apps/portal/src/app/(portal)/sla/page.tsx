import { SlaBoard } from '@/features/sla/sla-board'

export default function SlaBoardPage() {
  return <SlaBoard />
}
