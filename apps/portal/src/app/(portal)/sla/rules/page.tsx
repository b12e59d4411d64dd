import { ClockRules } from '@/features/sla/clock-rules'

export default function ClockRulesPage() {
  return <ClockRules />
}
