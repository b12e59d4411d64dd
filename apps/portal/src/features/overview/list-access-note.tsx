'use client'
import { useTranslations } from 'next-intl'
import type { OverviewQuery } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { Moment } from '@/ui/moment'
import { TextLink } from '@/ui/text-link'

/** Days before the last one from which the overview speaks of it; reminders begin then, too. */
const noticeDays = 7

/** California's deletion platform: says when its list is to be fetched soon, or should have been. */
export function ListAccessNote({ access }: { access: OverviewQuery['overview']['listAccess'] }) {
  const t = useTranslations('overview.listAccess')
  const { daysTo } = useQuantities()
  if (!access || (!access.isLate && daysTo(access.nextDueAt) > noticeDays)) return null
  return (
    <p className="rounded-lg border border-warn bg-warn-well px-4 py-3 text-sm sm:px-5" data-testid="list-access">
      <span className="font-medium text-warn">{t(access.isLate ? 'late' : 'soon')}</span>{' '}
      <Moment at={lastInTime(access.nextDueAt).toISOString()} day /> <TextLink href="/sla/rules">{t('link')}</TextLink>
    </p>
  )
}
