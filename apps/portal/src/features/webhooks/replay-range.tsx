'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useAttempt } from '@/features/webhooks/use-attempt'
import { ReplayWebhookDocument } from '@/gql/graphql'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { TextField } from '@/ui/field'

/** Sends a range of time again, for a receiver that was away. */
export function ReplayRange({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [onlyFailed, setOnlyFailed] = useState(true)
  const [sent, setSent] = useState<number | null>(null)
  const change = useChange(ReplayWebhookDocument)
  const { error, attempt } = useAttempt()
  const replay = async () => {
    setSent(null)
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    const input = { idempotencyKey: newIdempotencyKey(), webhookId, ...range, onlyFailed }
    const answer = await attempt(async () => (await change.mutateAsync({ input })).replayWebhook)
    if (answer !== null) setSent(answer.count ?? 0)
  }
  return (
    <Card title={t('replayRange')} note={t('replayRangeNote')}>
      <form
        className="flex flex-wrap items-end gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void replay()
        }}
      >
        <TextField
          label={t('from')}
          type="datetime-local"
          required
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label={t('to')}
          type="datetime-local"
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        <label className="flex min-h-9 items-center gap-2 text-sm">
          <input type="checkbox" checked={onlyFailed} onChange={(event) => setOnlyFailed(event.target.checked)} />
          {t('onlyFailed')}
        </label>
        <Button type="submit" disabled={change.isPending}>
          {t('replay')}
        </Button>
      </form>
      {error ? (
        <p role="alert" className="mt-3 text-sm text-danger">
          {error}
        </p>
      ) : null}
      {sent === null ? null : (
        <p role="status" className="mt-3 text-sm">
          {t('replayed', { count: sent })}
        </p>
      )}
    </Card>
  )
}
