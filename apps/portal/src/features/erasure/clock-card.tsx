'use client'
import { useTranslations } from 'next-intl'
import { ClockState, ClockSum } from '@/features/sla/clock'
import type { RequestDetailFragment } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'

/** The deadline with the sum that leads to it. */
export function ClockCard({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('sla')
  const { due } = useQuantities()
  const { clock } = request
  return (
    <Card title={t('clock')} action={<ClockState state={clock.state} dueAt={clock.dueAt} />}>
      <p className="text-lg font-semibold tracking-tight">
        <Moment at={lastInTime(clock.dueAt).toISOString()} day />
      </p>
      <p className="mb-4 text-sm text-ink-2">{request.closedAt ? t('closed') : due(clock.dueAt)}</p>
      <ClockSum clock={clock} />
      {clock.events.length > 0 ? (
        <details className="mt-4 text-sm">
          <summary className="w-fit rounded text-xs text-ink-2 underline decoration-dotted underline-offset-4">
            {t('events')}
          </summary>
          <ul className="mt-2 grid gap-2">
            {clock.events.map((event, index) => (
              <li key={index}>
                <span className="font-medium">
                  {t.has(`event.${event.kind}`) ? t(`event.${event.kind}`) : event.kind}
                </span>{' '}
                <span className="text-xs text-ink-2">
                  <Moment at={event.at} />
                </span>
                <span lang="en" className="block text-ink-2">
                  {event.reason}
                </span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Card>
  )
}
