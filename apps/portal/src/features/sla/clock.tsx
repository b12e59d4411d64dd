'use client'
import { AlarmClockOff, CircleCheckBig, Pause, Timer, TriangleAlert, type LucideIcon } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
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

/** Each step of the sum, so that anybody can reconstruct the date. */
export function ClockSum({ clock }: { clock: ClockSummaryFragment }) {
  const t = useTranslations('sla')
  const format = useFormatter()
  const day = (text: string) =>
    format.dateTime(new Date(`${text.slice(0, 10)}T00:00:00Z`), {
      timeZone: 'UTC',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      weekday: 'short',
    })
  return (
    <div className="grid gap-3 text-sm">
      <p>
        <span className="font-medium">{clock.citation}</span>
        <span className="block text-xs text-ink-2">
          {t('rule', { id: clock.statuteId, version: clock.ruleVersion, zone: clock.timeZone })}
        </span>
      </p>
      <ol className="grid gap-2.5">
        {clock.explanation.map((step, index) => (
          <li key={index} className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2">
            <span className="text-ink-3">{index + 1}.</span>
            <span>
              <span className="font-medium">{day(step.day)}</span>
              {t.has(`step.${step.code}`) ? ` · ${t(`step.${step.code}`)}` : ''}
              <span lang="en" className="block text-ink-2">
                {step.note}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
