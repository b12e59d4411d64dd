'use client'
import { useLocale, useNow, useTranslations } from 'next-intl'
import { useState } from 'react'
import { HolidayPresetDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { Button } from '@/ui/button'
import { SelectField } from '@/ui/field'

interface Country {
  readonly code: string
  readonly name: string
}

/** By their names in the reader's language: the list comes by code, and under names that countries have at home. */
function inOrder(countries: readonly Country[], language: string): readonly Country[] {
  const names = new Intl.DisplayNames(language, { type: 'region' })
  const { compare } = new Intl.Collator(language)
  return countries
    .map(({ code, name }) => ({ code, name: names.of(code) ?? name }))
    .sort((a, b) => compare(a.name, b.name))
}

/** Public holidays of a country for this year and the two after it, to be taken over and corrected. */
export function HolidayPreset({ onTake }: { onTake: (days: readonly string[]) => void }) {
  const t = useTranslations('sla.rules')
  const language = useLocale()
  const thisYear = useNow().getUTCFullYear()
  const [country, setCountry] = useState('')
  const [region, setRegion] = useState('')
  const years = [thisYear, thisYear + 1, thisYear + 2]
  const countries = useDocument(HolidayPresetDocument, { years, language })
  const chosen = useDocument(
    HolidayPresetDocument,
    { years, language, country, ...(region === '' ? {} : { region }) },
    { enabled: country !== '', keep: true },
  )
  const parts = country === '' ? [] : (chosen.data?.holidayPreset.regions ?? [])
  const found = country === '' ? [] : (chosen.data?.holidayPreset.holidays ?? [])
  return (
    <div className="grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]">
      <SelectField
        label={t('country')}
        value={country}
        onChange={(event) => {
          setCountry(event.target.value)
          setRegion('')
        }}
      >
        <option value="">{t('noCountry')}</option>
        {inOrder(countries.data?.holidayPreset.regions ?? [], language).map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('region')}
        value={region}
        disabled={parts.length === 0}
        onChange={(event) => setRegion(event.target.value)}
      >
        <option value="">{t('wholeCountry')}</option>
        {parts.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      <Button disabled={found.length === 0 || chosen.isFetching} onClick={() => onTake(found.map(({ day }) => day))}>
        {t('take', { count: found.length })}
      </Button>
    </div>
  )
}
