'use client'
import { useTranslations } from 'next-intl'
import { Deliveries } from '@/features/webhooks/deliveries'
import { ReplayRange } from '@/features/webhooks/replay-range'
import { WebhookActions } from '@/features/webhooks/webhook-actions'
import { WebhookState } from '@/features/webhooks/webhook-state'
import { WebhookDetailDocument, type WebhookSummaryFragment } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card, Facts } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

export function WebhookDetail({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(WebhookDetailDocument, { id })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.webhook ? <Detail webhook={data.webhook} /> : <NotHere back="/settings/webhooks" />
}

function Detail({ webhook }: { webhook: WebhookSummaryFragment }) {
  const t = useTranslations()
  const mayWrite = useViewer().actions.includes('webhook:write')
  const isActive = webhook.state === 'ACTIVE'
  return (
    <Page
      trail={<TextLink href="/settings/webhooks">{t('webhooks.title')}</TextLink>}
      title={t('webhooks.one')}
      mark={<WebhookState webhook={webhook} />}
      answer={<span className="break-all">{webhook.url}</span>}
      actions={mayWrite ? <WebhookActions webhook={webhook} /> : null}
    >
      <Card>
        <Facts
          columns={2}
          rows={[
            [t('webhooks.description'), webhook.description === '' ? '–' : webhook.description],
            [t('webhooks.since'), <Moment key="since" at={webhook.createdAt} />],
            [
              t('webhooks.kinds'),
              <ul key="kinds" className="flex flex-wrap gap-1.5">
                {webhook.kinds.map((kind) => (
                  <li key={kind} className="rounded bg-well px-1.5 py-0.5 text-xs">
                    {t(`notices.kind.${kind}`)}
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </Card>
      <Deliveries webhookId={webhook.id} mayReplay={mayWrite && isActive} />
      {mayWrite && isActive ? <ReplayRange webhookId={webhook.id} /> : null}
    </Page>
  )
}
