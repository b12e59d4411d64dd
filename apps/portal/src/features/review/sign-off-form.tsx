'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { SignOffErasureDocument, type RequestDetailFragment, type SignOffOutcome } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField } from '@/ui/field'

const outcomes: readonly SignOffOutcome[] = ['accepted', 'rejected']

export function SignOffForm({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('review')
  const [outcome, setOutcome] = useState<SignOffOutcome>('accepted')
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(SignOffErasureDocument)
  const sign = async (): Promise<boolean> => {
    setError(null)
    try {
      const input = { idempotencyKey, erasureRequestId: request.id, outcome }
      const { signOffErasure } = await change.mutateAsync({ input })
      setIdempotencyKey(newIdempotencyKey())
      if (signOffErasure.__typename !== 'UserError') return true
      setError(signOffErasure.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }
  return (
    <Confirm
      trigger={<Button tone="primary">{t('signOff')}</Button>}
      title={t('signOffTitle', { number: request.number })}
      consequence={t('signOffConsequence', { findings: request.findings.length })}
      confirm={t('signOff')}
      pending={change.isPending}
      error={error}
      onConfirm={sign}
    >
      <SelectField
        label={t('outcomeLabel')}
        value={outcome}
        onChange={(event) => setOutcome(event.target.value as SignOffOutcome)}
      >
        {outcomes.map((value) => (
          <option key={value} value={value}>
            {t(`outcome.${value}`)}
          </option>
        ))}
      </SelectField>
    </Confirm>
  )
}
