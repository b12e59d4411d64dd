'use client'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useFormatter, useNow, useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { monthGrid } from '@/features/sla/month-grid'
import type { ClockState as State } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { Button } from '@/ui/button'
import { classNames } from '@/ui/class-names'
import { TextLink } from '@/ui/text-link'

export interface CalendarEntry {
  readonly id: string
  readonly label: string
  readonly href: string
  readonly state: State
  readonly dueAt: string
}

const tones: Record<State, string> = {
  RUNNING: 'bg-accent-well',
  PAUSED: 'bg-warn-well',
  MET: 'bg-pass-well',
  BREACHED: 'bg-danger-well',
}

/** A month of due days, weeks from Monday. */
export function DeadlineCalendar({ entries }: { entries: readonly CalendarEntry[] }) {
  const t = useTranslations('sla.calendar')
  const state = useTranslations('sla.state')
  const format = useFormatter()
  const zone = useTimeZone() ?? 'UTC'
  const now = useNow()
  const dayOf = (at: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at)
  const [month, setMonth] = useState(() => dayOf(now).slice(0, 7))
  const weeks = monthGrid(month)
  const move = (by: number) => {
    const [year = 0, number = 1] = month.split('-').map(Number)
    setMonth(new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7))
  }
  const utc = (day: string) => new Date(`${day}T00:00:00Z`)
  const dueOn = (day: string) => entries.filter(({ dueAt }) => dayOf(lastInTime(dueAt)) === day)
  return (
    <div className="grid gap-3 px-4 pb-4 sm:px-5">
      <div className="flex items-center justify-between gap-2">
        <Button tone="quiet" aria-label={t('previous')} onClick={() => move(-1)}>
          <ChevronLeft aria-hidden />
        </Button>
        <h3 aria-live="polite" className="text-sm font-semibold">
          {format.dateTime(utc(`${month}-01`), { timeZone: 'UTC', year: 'numeric', month: 'long' })}
        </h3>
        <Button tone="quiet" aria-label={t('next')} onClick={() => move(1)}>
          <ChevronRight aria-hidden />
        </Button>
      </div>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t('label')}>
        <table className="w-full min-w-[34rem] table-fixed text-sm">
          <thead>
            <tr>
              {weeks[0]?.map((day) => (
                <th key={day} scope="col" className="pb-1 text-left text-xs font-medium text-ink-2">
                  {format.dateTime(utc(day), { timeZone: 'UTC', weekday: 'short' })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((day) => (
                  <td
                    key={day}
                    className={classNames('h-20 border p-1 align-top', day.startsWith(month) ? '' : 'bg-well')}
                  >
                    <span
                      className={classNames('text-xs', day === dayOf(now) ? 'font-bold text-accent' : 'text-ink-2')}
                    >
                      {Number(day.slice(8))}
                    </span>
                    <ul className="grid gap-1">
                      {dueOn(day).map((entry) => (
                        <li key={entry.id} className={classNames('rounded px-1 text-xs', tones[entry.state])}>
                          <TextLink href={entry.href}>{entry.label}</TextLink>
                          <span className="sr-only"> {state(entry.state)}</span>
                        </li>
                      ))}
                    </ul>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
