'use client'
import { Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Act } from '@/features/access/act'
import { GrantAuditorAccessDocument, GrantChoicesDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { Button } from '@/ui/button'
import { SelectField, TextArea, TextField } from '@/ui/field'

const lifetimes = ['7', '30', '90', '365'] as const

/** Stands in the list for somebody without an account here. */
const elsewhere = 'outside'

/** Whom, into which cases, for how long and why. */
export function GrantAccess() {
  const t = useTranslations()
  const { data } = useDocument(GrantChoicesDocument, {})
  const [userId, setUserId] = useState('')
  const [outside, setOutside] = useState({ issuer: '', subject: '' })
  const [cases, setCases] = useState<readonly string[]>([])
  const [days, setDays] = useState<string>('30')
  const [reason, setReason] = useState('')
  const auditors = data?.members.edges.map(({ node }) => node).filter(({ role }) => role === 'auditor') ?? []
  const requests = data?.erasureRequests.edges.map(({ node }) => node) ?? []
  const chosen = userId === '' ? (auditors[0]?.id ?? elsewhere) : userId
  const whom = chosen === elsewhere ? { outside } : { userId: chosen }
  const isNamed = chosen !== elsewhere || (outside.issuer !== '' && outside.subject !== '')
  return (
    <Act
      document={GrantAuditorAccessDocument}
      input={() => ({
        ...whom,
        erasureRequestIds: [...cases],
        reason,
        expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
      })}
      onDone={() => {
        setCases([])
        setReason('')
      }}
      trigger={
        <Button tone="primary">
          <Plus aria-hidden />
          {t('rights.auditors.add')}
        </Button>
      }
      title={t('rights.auditors.add')}
      consequence={t('rights.auditors.addConsequence')}
      confirm={t('rights.auditors.grant')}
      disabled={!isNamed || cases.length === 0 || reason.trim() === ''}
    >
      {auditors.length === 0 && data !== undefined ? (
        <p className="text-sm text-ink-2">{t('rights.auditors.nobody')}</p>
      ) : null}
      <SelectField
        label={t('rights.auditors.auditor')}
        value={chosen}
        onChange={(event) => setUserId(event.target.value)}
      >
        {auditors.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value={elsewhere}>{t('rights.auditors.outside')}</option>
      </SelectField>
      {chosen === elsewhere ? (
        <>
          <TextField
            label={t('rights.auditors.issuer')}
            hint={t('rights.auditors.issuerHint')}
            type="url"
            required
            value={outside.issuer}
            onChange={(event) => setOutside({ ...outside, issuer: event.target.value })}
          />
          <TextField
            label={t('rights.auditors.subject')}
            hint={t('rights.auditors.subjectHint')}
            required
            value={outside.subject}
            onChange={(event) => setOutside({ ...outside, subject: event.target.value })}
          />
        </>
      ) : null}
      <fieldset className="grid max-h-48 gap-1 overflow-y-auto">
        <legend className="mb-1 text-sm font-medium">{t('rights.auditors.cases')}</legend>
        {requests.map(({ id, number, state }) => (
          <label key={id} className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={cases.includes(id)}
              onChange={(event) =>
                setCases(event.target.checked ? [...cases, id] : cases.filter((each) => each !== id))
              }
            />
            {t('overview.request', { number })}
            <span className="text-ink-2">{t(`erasure.state.${state}`)}</span>
          </label>
        ))}
      </fieldset>
      <SelectField label={t('rights.auditors.lifetime')} value={days} onChange={(event) => setDays(event.target.value)}>
        {lifetimes.map((each) => (
          <option key={each} value={each}>
            {t('rights.days', { count: Number(each) })}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t('rights.auditors.reason')}
        hint={t('rights.auditors.reasonHint')}
        required
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Act>
  )
}
