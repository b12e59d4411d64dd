'use client'
import { useTranslations } from 'next-intl'
import type { ContractTermsInput, TenantCalendarQuery } from '@/gql/graphql'
import { SelectField, TextField } from '@/ui/field'

type Terms = TenantCalendarQuery['tenantCalendar']['statutes'][number]

const units = ['calendar-month', 'calendar-day', 'business-day', 'hour', 'business-hour'] as const

/** What stands in the form: numbers as typed, empty where nothing is agreed. */
export interface ContractDraft {
  readonly unit: string
  readonly period: string
  readonly extension: string
  readonly acknowledgeDays: string
  readonly pauses: boolean
  readonly from: string
  readonly to: string
}

const office = [1, 2, 3, 4, 5]

export const draftOf = (terms: Terms | undefined): ContractDraft => ({
  unit: terms?.period.unit ?? 'business-day',
  period: String(terms?.period.count ?? 20),
  extension: terms?.extension ? String(terms.extension.count) : '',
  acknowledgeDays: terms?.acknowledge ? String(terms.acknowledge.count) : '',
  pauses: terms?.pauses ?? true,
  from: terms?.workingHours.from ?? '09:00',
  to: terms?.workingHours.to ?? '17:00',
})

export const contractInput = ({
  unit,
  period,
  extension,
  acknowledgeDays,
  pauses,
  from,
  to,
}: ContractDraft): ContractTermsInput => ({
  period: { unit, count: Number(period) },
  extension: extension === '' ? null : { unit, count: Number(extension) },
  acknowledge: acknowledgeDays === '' ? null : { unit: 'business-day', count: Number(acknowledgeDays) },
  pauses,
  rollsOverHolidays: true,
  workingHours: { weekdays: office, from, to },
})

export function ContractFields({
  terms,
  onChange,
}: {
  terms: ContractDraft
  onChange: (terms: ContractDraft) => void
}) {
  const t = useTranslations('sla.contract')
  const unit = useTranslations('sla.unitName')
  const set = (change: Partial<ContractDraft>) => onChange({ ...terms, ...change })
  return (
    <fieldset className="grid gap-4 rounded-lg border p-4 sm:grid-cols-3">
      <legend className="label px-1">{t('legend')}</legend>
      <TextField
        label={t('period')}
        type="number"
        min={1}
        required
        value={terms.period}
        onChange={(event) => set({ period: event.target.value })}
      />
      <SelectField label={t('unit')} value={terms.unit} onChange={(event) => set({ unit: event.target.value })}>
        {units.map((value) => (
          <option key={value} value={value}>
            {unit(value)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('extension')}
        type="number"
        min={1}
        value={terms.extension}
        onChange={(event) => set({ extension: event.target.value })}
      />
      <TextField
        label={t('acknowledge')}
        type="number"
        min={1}
        value={terms.acknowledgeDays}
        onChange={(event) => set({ acknowledgeDays: event.target.value })}
      />
      <TextField
        label={t('from')}
        type="time"
        required
        value={terms.from}
        onChange={(event) => set({ from: event.target.value })}
      />
      <TextField
        label={t('to')}
        type="time"
        required
        value={terms.to}
        onChange={(event) => set({ to: event.target.value })}
      />
      <label className="flex items-center gap-2 text-sm sm:col-span-3">
        <input type="checkbox" checked={terms.pauses} onChange={(event) => set({ pauses: event.target.checked })} />
        {t('pauses')}
      </label>
    </fieldset>
  )
}
