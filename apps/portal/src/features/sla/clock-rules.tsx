'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { CalendarForm, calendarText } from '@/features/sla/calendar-form'
import { ListAccessCard } from '@/features/sla/list-access-card'
import { RuleTable } from '@/features/sla/rule-table'
import { TenantCalendarDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

/** By what clocks count: the rules as data, and what the tenant adds to them. */
export function ClockRules() {
  const t = useTranslations()
  const { actions } = useViewer()
  const { data, error, refetch } = useDocument(TenantCalendarDocument, {})
  // Kept here, because the form begins anew with the calendar that was read again.
  const [saved, setSaved] = useState<string | null>(null)
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  const { tenantCalendar: calendar } = data
  const rule = t(`sla.statuteName.${calendar.statuteId}`)
  return (
    <Page
      trail={<TextLink href="/sla">{t('nav.sla')}</TextLink>}
      title={t('sla.rules.title')}
      answer={t('sla.rules.answer', { rule, zone: calendar.timeZone, holidays: calendar.holidays.length })}
    >
      <Card title={t('sla.rules.known')} note={t('sla.rules.knownNote')} flush>
        <RuleTable statutes={calendar.statutes} />
      </Card>
      {calendar.statuteId === 'california-drop' || calendar.listAccess ? (
        <ListAccessCard access={calendar.listAccess} />
      ) : null}
      {actions.includes('clock:write') ? (
        <CalendarForm
          key={JSON.stringify(calendar)}
          calendar={calendar}
          isSaved={saved === calendarText(calendar)}
          onSaved={setSaved}
        />
      ) : null}
    </Page>
  )
}
