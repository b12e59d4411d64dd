'use client'
import { AlarmClockOff, CircleCheckBig, Pause, Timer, TriangleAlert, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ClockSum } from '@/features/sla/clock-sum'
import type { ClockState as State, ClockSummaryFragment } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Moment } from '@/ui/moment'

const marks: Record<State, [LucideIcon, BadgeTone]> = {
  RUNNING: [Timer, 'neutral'],
  PAUSED: [Pause, 'warn'],
  MET: [CircleCheckBig, 'pass'],
  BREACHED: [AlarmClockOff, 'danger'],
}

/** Days before its end at which a running clock asks for attention. */
export const soonDays = 5

export function ClockState({ state, dueAt }: { state: State; dueAt: string }) {
  const t = useTranslations('sla.state')
  const { daysTo } = useQuantities()
  const isSoon = state === 'RUNNING' && daysTo(dueAt) <= soonDays
  const [icon, tone] = isSoon ? ([TriangleAlert, 'warn'] as const) : marks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {isSoon ? t('SOON') : t(state)}
    </Badge>
  )
}

/** The due date, which opens to the sum behind it. */
export function DueDate({ clock }: { clock: ClockSummaryFragment }) {
  return <Moment at={lastInTime(clock.dueAt).toISOString()} day rule={<ClockSum clock={clock} />} />
}
