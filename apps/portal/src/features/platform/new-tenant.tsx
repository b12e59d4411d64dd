'use client'
import { Plus } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Act } from '@/features/access/act'
import { CreateTenantDocument, type MailLocale } from '@/gql/graphql'
import { Button } from '@/ui/button'
import { SelectField, TextField } from '@/ui/field'

const timeZones = Intl.supportedValuesOf('timeZone')

export function NewTenant() {
  const t = useTranslations('platform')
  const locale = useLocale()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const [ownerEmail, setOwnerEmail] = useState('')
  const [timeZone, setTimeZone] = useState('Europe/Berlin')
  return (
    <Act
      document={CreateTenantDocument}
      input={() => ({ name, slug, ownerEmail, timeZone, locale: locale as MailLocale })}
      onDone={() => {
        setName('')
        setSlug('')
        setOwnerEmail('')
      }}
      trigger={
        <Button tone="primary">
          <Plus aria-hidden />
          {t('add')}
        </Button>
      }
      title={t('add')}
      consequence={t('addConsequence')}
      confirm={t('add')}
      disabled={name.trim() === '' || slug === '' || ownerEmail === ''}
    >
      <TextField label={t('name')} required value={name} onChange={(event) => setName(event.target.value)} />
      <TextField
        label={t('slug')}
        hint={t('slugHint')}
        required
        value={slug}
        onChange={(event) => setSlug(event.target.value)}
      />
      <TextField
        label={t('ownerEmail')}
        hint={t('ownerEmailHint')}
        type="email"
        autoComplete="off"
        required
        value={ownerEmail}
        onChange={(event) => setOwnerEmail(event.target.value)}
      />
      <SelectField label={t('timeZone')} value={timeZone} onChange={(event) => setTimeZone(event.target.value)}>
        {[...new Set([timeZone, ...timeZones])].map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </SelectField>
    </Act>
  )
}
