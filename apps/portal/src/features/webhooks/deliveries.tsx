'use client'
import { RotateCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { useAttempt } from '@/features/webhooks/use-attempt'
import { DeliveryState } from '@/features/webhooks/webhook-state'
import {
  ReplayWebhookDeliveryDocument,
  WebhookDeliveriesDocument,
  type WebhookDeliverySummaryFragment,
  type WebhookDeliveryState,
} from '@/gql/graphql'
import { newIdempotencyKey, useChange, useConnection } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { SelectField } from '@/ui/field'
import { ListBody } from '@/ui/list-body'
import { Moment } from '@/ui/moment'
import { MoreRows } from '@/ui/more-rows'
import { Empty } from '@/ui/states'

const states = ['QUEUED', 'DELIVERED', 'FAILED'] as const satisfies readonly WebhookDeliveryState[]

/** What was sent there, newest first, with every attempt. */
export function Deliveries({ webhookId, mayReplay }: { webhookId: string; mayReplay: boolean }) {
  const t = useTranslations('webhooks')
  const [state, setState] = useState<WebhookDeliveryState | ''>('')
  const list = useConnection(
    WebhookDeliveriesDocument,
    { id: webhookId, state: state === '' ? null : state, first: 20 },
    (result) => result.webhook?.deliveries,
  )
  useWhileWaiting(
    list.rows.some((row) => row.state === 'QUEUED'),
    list.refetch,
  )
  return (
    <Card
      title={t('deliveries')}
      note={t('deliveriesNote')}
      flush
      action={
        <SelectField
          label={t('filter')}
          value={state}
          onChange={(event) => setState(states.find((each) => each === event.target.value) ?? '')}
        >
          <option value="">{t('all')}</option>
          {states.map((each) => (
            <option key={each} value={each}>
              {t(`delivery.${each}`)}
            </option>
          ))}
        </SelectField>
      }
    >
      <ListBody list={list} empty={<Empty title={t('noDeliveries')}>{t('noDeliveriesNote')}</Empty>}>
        <ul className="divide-y border-t">
          {list.rows.map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} mayReplay={mayReplay} />
          ))}
        </ul>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}

/** What waits is looked at again every few seconds; nobody is told when it is settled. */
function useWhileWaiting(isWaiting: boolean, look: () => void) {
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => latest.current(), 2000)
    return () => clearInterval(timer)
  }, [isWaiting])
}

function Delivery({ delivery, mayReplay }: { delivery: WebhookDeliverySummaryFragment; mayReplay: boolean }) {
  const t = useTranslations('webhooks')
  return (
    <li className="grid gap-2 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="grid min-w-0 gap-1">
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-sm">{delivery.type}</code>
            <DeliveryState state={delivery.state} />
          </span>
          <span className="text-xs text-ink-2">
            <Moment at={delivery.createdAt} />
            {delivery.nextAttemptAt && delivery.attempts.length > 0 ? (
              <>
                {` · ${t('next')} `}
                <Moment at={delivery.nextAttemptAt} />
              </>
            ) : null}
          </span>
        </div>
        {mayReplay && delivery.state !== 'QUEUED' ? <Replay deliveryId={delivery.id} /> : null}
      </div>
      <details className="min-w-0 text-sm">
        <summary className="cursor-pointer text-ink-2">{t('attempts', { count: delivery.attempts.length })}</summary>
        <div className="mt-2 grid gap-2">
          <ol className="grid gap-1">
            {delivery.attempts.map(({ at, durationMs, status, error }) => (
              <li key={at} className="flex flex-wrap gap-x-3">
                <Moment at={at} />
                <span>{error == null ? t('accepted') : t(`error.${error}`)}</span>
                {status == null ? null : <span className="font-mono">{status}</span>}
                <span className="text-ink-2">{t('took', { ms: durationMs })}</span>
              </li>
            ))}
          </ol>
          <CodeBlock label={`webhook-id ${delivery.id}`} code={delivery.body} wrap />
        </div>
      </details>
    </li>
  )
}

function Replay({ deliveryId }: { deliveryId: string }) {
  const t = useTranslations('webhooks')
  const change = useChange(ReplayWebhookDeliveryDocument)
  const { error, attempt } = useAttempt()
  const replay = () =>
    attempt(
      async () =>
        (await change.mutateAsync({ input: { idempotencyKey: newIdempotencyKey(), deliveryId } }))
          .replayWebhookDelivery,
    )
  return (
    <div className="grid justify-items-end gap-1">
      <Button onClick={() => void replay()} disabled={change.isPending}>
        <RotateCw aria-hidden />
        {t('replay')}
      </Button>
      {error ? (
        <p role="alert" className="text-sm text-danger">
          {error}
        </p>
      ) : null}
    </div>
  )
}
