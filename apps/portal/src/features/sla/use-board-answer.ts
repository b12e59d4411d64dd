'use client'
import { useTranslations } from 'next-intl'
import { soonDays } from '@/features/sla/clock'
import type { ClockState } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'

/** "1 of 40 clocks has breached, 2 are due within 5 days." Counts of what is shown; no forecast is made. */
export function useBoardAnswer(): (clocks: readonly { state: ClockState; dueAt: string }[]) => string {
  const t = useTranslations('sla')
  const { daysTo } = useQuantities()
  return (clocks) => {
    const breached = clocks.filter(({ state }) => state === 'BREACHED').length
    const soon = clocks.filter(({ state, dueAt }) => state === 'RUNNING' && daysTo(dueAt) <= soonDays).length
    return t('answer', { total: clocks.length, breached, soon, days: soonDays })
  }
}
