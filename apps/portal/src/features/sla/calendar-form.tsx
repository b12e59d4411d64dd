'use client'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { ContractFields, contractInput, draftOf, type ContractDraft } from '@/features/sla/contract-fields'
import { HolidayPreset } from '@/features/sla/holiday-preset'
import { SetTenantCalendarDocument, type TenantCalendarQuery } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { SelectField, TextArea } from '@/ui/field'

const statuteIds = ['gdpr-12-3', 'ccpa-7021', 'california-drop', 'contract'] as const
const timeZones = Intl.supportedValuesOf('timeZone')

type Calendar = TenantCalendarQuery['tenantCalendar']

/** Equal for calendars that count alike, in whatever order holidays were written. */
export const calendarText = ({
  statuteId,
  timeZone,
  holidays,
}: Pick<Calendar, 'statuteId' | 'timeZone' | 'holidays'>): string =>
  JSON.stringify([statuteId, timeZone, [...new Set(holidays)].sort()])

interface CalendarFormProps {
  calendar: Calendar
  /** Whether the calendar is what was saved here last. */
  isSaved: boolean
  onSaved: (text: string) => void
}

/** By what clocks count that start from now on. */
export function CalendarForm({ calendar, isSaved, onSaved }: CalendarFormProps) {
  const t = useTranslations('sla.rules')
  const name = useTranslations('sla.statuteName')
  const agreed = calendar.statutes.find(({ statuteId }) => statuteId === 'contract')
  const [timeZone, setTimeZone] = useState(calendar.timeZone)
  const [statuteId, setStatuteId] = useState(calendar.statuteId)
  const [holidays, setHolidays] = useState(calendar.holidays.join('\n'))
  const [terms, setTerms] = useState<ContractDraft>(() => draftOf(agreed))
  const [problem, setProblem] = useState<string | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(SetTenantCalendarDocument)
  const days = holidays.split(/\s+/).filter((day) => day !== '')

  const save = async (event: FormEvent) => {
    event.preventDefault()
    const input = {
      idempotencyKey,
      timeZone,
      statuteId,
      holidays: days,
      ...(statuteId === 'contract' ? { contractTerms: contractInput(terms) } : {}),
    }
    try {
      const { setTenantCalendar: result } = await change.mutateAsync({ input })
      setIdempotencyKey(newIdempotencyKey())
      if (result.__typename === 'UserError') return setProblem(result.message)
      setProblem(null)
      onSaved(calendarText({ statuteId, timeZone, holidays: days }))
    } catch (accident) {
      setProblem(accident instanceof Error ? accident.message : String(accident))
    }
  }

  return (
    <Card title={t('own')} note={t('ownNote')}>
      <form className="grid max-w-2xl gap-5" onSubmit={(event) => void save(event)}>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label={t('rule')} value={statuteId} onChange={(event) => setStatuteId(event.target.value)}>
            {statuteIds.map((id) => (
              <option key={id} value={id}>
                {name(id)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('timeZone')} value={timeZone} onChange={(event) => setTimeZone(event.target.value)}>
            {[...new Set([timeZone, ...timeZones])].map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </SelectField>
        </div>
        {statuteId === 'contract' ? <ContractFields terms={terms} onChange={setTerms} /> : null}
        <HolidayPreset onTake={(found) => setHolidays([...new Set([...days, ...found])].sort().join('\n'))} />
        <TextArea
          label={t('holidays', { count: days.length })}
          hint={t('holidaysHint')}
          rows={8}
          className="font-mono"
          value={holidays}
          onChange={(event) => setHolidays(event.target.value)}
        />
        {problem ? (
          <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
            {problem}
          </p>
        ) : null}
        {isSaved && !problem ? (
          <p role="status" className="rounded-md bg-pass-well px-3 py-2 text-sm text-pass">
            {t('saved')}
          </p>
        ) : null}
        <div>
          <Button type="submit" tone="primary" disabled={change.isPending} aria-busy={change.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
