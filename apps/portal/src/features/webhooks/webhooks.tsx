'use client'
import { useTranslations } from 'next-intl'
import { NewWebhook } from '@/features/webhooks/new-webhook'
import { WebhookState } from '@/features/webhooks/webhook-state'
import { WebhooksDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

/** Who outside is told what happens. */
export function Webhooks() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const { actions } = useViewer()
  const list = useConnection(WebhooksDocument, { first: 20 }, (result) => result.webhooks)
  const disabled = list.rows.filter(({ state }) => state === 'DISABLED').length
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('webhooks.title')}
      answer={listAnswer(list, t('webhooks.answer', { count: list.total, disabled }))}
      actions={actions.includes('webhook:write') ? <NewWebhook /> : null}
    >
      <Card flush>
        <ListBody list={list} empty={<Empty title={t('webhooks.none')}>{t('webhooks.noneNote')}</Empty>}>
          <ul className="divide-y">
            {list.rows.map((webhook) => (
              <li key={webhook.id} className="flex flex-wrap items-start justify-between gap-3 px-4 py-4 sm:px-5">
                <div className="grid min-w-0 gap-1">
                  <TextLink href={`/settings/webhooks/${webhook.id}`} className="break-all">
                    {webhook.url}
                  </TextLink>
                  <p className="text-sm text-ink-2">
                    {webhook.description === '' ? null : `${webhook.description} · `}
                    {t('webhooks.kindCount', { count: webhook.kinds.length })}
                  </p>
                </div>
                <WebhookState webhook={webhook} />
              </li>
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
    </Page>
  )
}
