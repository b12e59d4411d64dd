'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { BreachRisk } from '@/features/sla/breach-risk'
import { ClockState } from '@/features/sla/clock'
import { ClockActions } from '@/features/sla/clock-actions'
import { ClockSum, StepList } from '@/features/sla/clock-sum'
import type { RequestDetailFragment } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'

type Clock = RequestDetailFragment['clock']

/** The deadline with the sum that leads to it, what moved it, and what may move it now. */
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
      {clock.forecast ? (
        <div className="mb-4 text-sm">
          <p className="label">{t('forecast.risk')}</p>
          <BreachRisk probability={clock.forecast.probability} restsOn={clock.forecast.finishedRequests} />
        </div>
      ) : null}
      <ClockSum clock={clock} />
      <OtherDeadlines clock={clock} />
      <Disclosure label={t('events')} isEmpty={clock.events.length === 0}>
        {clock.events.map((event, index) => (
          <li key={index}>
            <span className="font-medium">{t.has(`event.${event.kind}`) ? t(`event.${event.kind}`) : event.kind}</span>{' '}
            <span className="text-xs text-ink-2">
              <Moment at={event.at} />
            </span>
            {/* What the platform itself says of a start and a stop is said by the name of the event. */}
            {['start', 'stop'].includes(event.kind) ? null : (
              <span className="block break-words text-ink-2">{event.reason}</span>
            )}
          </li>
        ))}
      </Disclosure>
      <Disclosure label={t('notices')} isEmpty={clock.notices.length === 0}>
        {clock.notices.map((notice, index) => (
          <li key={index}>
            <span className="font-medium">
              {t.has(`threshold.${notice.threshold}`) ? t(`threshold.${notice.threshold}`) : notice.threshold}
            </span>
            {' · '}
            {t.has(`deadline.${notice.deadline}`) ? t(`deadline.${notice.deadline}`) : notice.deadline}{' '}
            <span className="text-xs text-ink-2">
              <Moment at={notice.at} />
            </span>
          </li>
        ))}
      </Disclosure>
      <ClockActions requestId={request.id} clock={clock} />
    </Card>
  )
}

/** Where the rule asks for more than an answer. */
function OtherDeadlines({ clock }: { clock: Clock }) {
  const t = useTranslations('sla.deadline')
  return clock.deadlines
    .filter(({ kind }) => kind !== 'respond')
    .map(({ kind, state, dueAt, explanation }) => (
      <div key={kind} className="mt-4 grid gap-2.5 border-t pt-3 text-sm">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {t(kind)} <ClockState state={state} dueAt={dueAt} />
        </p>
        <StepList steps={explanation} timeZone={clock.timeZone} />
      </div>
    ))
}

function Disclosure({ label, isEmpty, children }: { label: string; isEmpty: boolean; children: ReactNode }) {
  if (isEmpty) return null
  return (
    <details className="mt-4 text-sm">
      <summary className="w-fit rounded text-xs text-ink-2 underline decoration-dotted underline-offset-4">
        {label}
      </summary>
      <ul className="mt-2 grid gap-2">{children}</ul>
    </details>
  )
}
