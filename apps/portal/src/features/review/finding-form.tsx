'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RecordFindingDocument, type FindingSeverity } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea } from '@/ui/field'

const severities: readonly FindingSeverity[] = ['note', 'minor', 'major']

export function FindingForm({ requestId }: { requestId: string }) {
  const t = useTranslations('review')
  const [severity, setSeverity] = useState<FindingSeverity>('note')
  const [statement, setStatement] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(RecordFindingDocument)
  const record = async (): Promise<boolean> => {
    setError(null)
    try {
      const input = { idempotencyKey, erasureRequestId: requestId, severity, statement }
      const { recordFinding } = await change.mutateAsync({ input })
      setIdempotencyKey(newIdempotencyKey())
      if (recordFinding.__typename === 'UserError') {
        setError(recordFinding.message)
        return false
      }
      setStatement('')
      return true
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
      return false
    }
  }
  return (
    <Confirm
      trigger={<Button>{t('record')}</Button>}
      title={t('record')}
      consequence={t('recordConsequence')}
      confirm={t('record')}
      pending={change.isPending}
      disabled={statement.trim() === ''}
      error={error}
      onConfirm={record}
    >
      <div className="grid gap-4">
        <SelectField
          label={t('severityLabel')}
          value={severity}
          onChange={(event) => setSeverity(event.target.value as FindingSeverity)}
        >
          {severities.map((value) => (
            <option key={value} value={value}>
              {t(`severity.${value}`)}
            </option>
          ))}
        </SelectField>
        <TextArea
          label={t('statement')}
          hint={t('statementHint')}
          required
          maxLength={2000}
          value={statement}
          onChange={(event) => setStatement(event.target.value)}
        />
      </div>
    </Confirm>
  )
}
