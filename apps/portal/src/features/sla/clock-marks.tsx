'use client'
import { useTranslations } from 'next-intl'
import { ClockState } from '@/features/sla/clock'
import type { ClockState as State } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { Moment } from '@/ui/moment'

/** What moved a due date, in a few words. */
export function ClockMarks({ pauses, isExtended, notices }: { pauses: number; isExtended: boolean; notices?: number }) {
  const t = useTranslations('sla.mark')
  const marks = [
    ...(pauses > 0 ? [t('pauses', { count: pauses })] : []),
    ...(isExtended ? [t('extended')] : []),
    ...(notices ? [t('notices', { count: notices })] : []),
  ]
  return marks.length === 0 ? null : <span className="text-xs text-ink-2">{marks.join(' · ')}</span>
}

/** The confirmation of receipt: its day, and its state in a word. */
export function Receipt({ state, dueAt }: { state: State; dueAt: string }) {
  return (
    <span className="grid justify-items-start gap-1">
      <Moment at={lastInTime(dueAt).toISOString()} day />
      <ClockState state={state} dueAt={dueAt} />
    </span>
  )
}
