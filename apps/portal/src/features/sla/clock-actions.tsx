'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import {
  AcknowledgeRequestDocument,
  ChangeClockRuleDocument,
  ExtendClockDocument,
  PauseClockDocument,
  ResumeClockDocument,
  TenantCalendarDocument,
} from '@/gql/graphql'
import { newIdempotencyKey, useChange, useDocument } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'
import { SelectField, TextArea, TextField } from '@/ui/field'

const documents = {
  acknowledgeRequest: AcknowledgeRequestDocument,
  pauseClock: PauseClockDocument,
  resumeClock: ResumeClockDocument,
  extendClock: ExtendClockDocument,
  changeClockRule: ChangeClockRuleDocument,
} as const

type MoveName = keyof typeof documents

const order = Object.keys(documents) as MoveName[]
const reasonRequired: readonly MoveName[] = ['pauseClock', 'extendClock', 'changeClockRule']

interface ClockOfRequest {
  readonly statuteId: string
  readonly allowedActions: readonly string[]
}

/** What the rule and the time allow now, each after one question that says what will happen. */
export function ClockActions({ requestId, clock }: { requestId: string; clock: ClockOfRequest }) {
  const allowed = order.filter((name) => clock.allowedActions.includes(name))
  if (allowed.length === 0) return null
  return (
    <div className="mt-4 flex flex-wrap gap-2" data-print="hide">
      {allowed.map((name) => (
        <Move key={name} name={name} requestId={requestId} clock={clock} />
      ))}
    </div>
  )
}

function Move({ name, requestId, clock }: { name: MoveName; requestId: string; clock: ClockOfRequest }) {
  const t = useTranslations('sla.move')
  const [reason, setReason] = useState('')
  const [count, setCount] = useState('')
  const [statuteId, setStatuteId] = useState(clock.statuteId)
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(documents[name] as typeof PauseClockDocument)

  const act = async (): Promise<boolean> => {
    setError(null)
    const input = {
      idempotencyKey,
      erasureRequestId: requestId,
      reason,
      ...(name === 'extendClock' && count !== '' ? { count: Number(count) } : {}),
      ...(name === 'changeClockRule' ? { statuteId } : {}),
    }
    try {
      const result = Object.values(await change.mutateAsync({ input })).find((value) => typeof value === 'object')
      setIdempotencyKey(newIdempotencyKey())
      if (result?.__typename !== 'UserError') return true
      setError(result.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }

  return (
    <Confirm
      trigger={<Button>{t(`${name}.label`)}</Button>}
      title={t(`${name}.label`)}
      consequence={t(`${name}.consequence`)}
      confirm={t(`${name}.label`)}
      pending={change.isPending}
      disabled={reasonRequired.includes(name) && reason.trim() === ''}
      error={error}
      onConfirm={act}
    >
      {name === 'extendClock' ? (
        <TextField
          label={t('count')}
          hint={t('countHint')}
          type="number"
          min={1}
          value={count}
          onChange={(event) => setCount(event.target.value)}
        />
      ) : null}
      {name === 'changeClockRule' ? <RuleField value={statuteId} onChoose={setStatuteId} /> : null}
      <TextArea
        label={reasonRequired.includes(name) ? t('reason') : t('reasonOptional')}
        hint={t('reasonHint')}
        required={reasonRequired.includes(name)}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  )
}

function RuleField({ value, onChoose }: { value: string; onChoose: (statuteId: string) => void }) {
  const t = useTranslations('sla.move')
  const names = useTranslations('sla.statuteName')
  const { data } = useDocument(TenantCalendarDocument, {})
  return (
    <SelectField label={t('newRule')} value={value} onChange={(event) => onChoose(event.target.value)}>
      {(data?.tenantCalendar.statutes ?? []).map(({ statuteId }) => (
        <option key={statuteId} value={statuteId}>
          {names(statuteId)}
        </option>
      ))}
    </SelectField>
  )
}
