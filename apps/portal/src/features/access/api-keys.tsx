'use client'
import { KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Act } from '@/features/access/act'
import { NewApiKey } from '@/features/access/new-api-key'
import { type ApiKeyLineFragment, ApiKeysDocument, RevokeApiKeyDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

const tones: Record<ApiKeyLineFragment['state'], BadgeTone> = { ACTIVE: 'pass', EXPIRED: 'neutral', REVOKED: 'neutral' }

/** By which programs come in. */
export function ApiKeys() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const mayMake = useMay('key:write')
  const list = useConnection(ApiKeysDocument, { first: 20 }, (result) => result.apiKeys)
  const active = list.rows.filter(({ state }) => state === 'ACTIVE').length
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('rights.keys.title')}
      answer={listAnswer(list, t('rights.keys.answer', { count: active }))}
      actions={mayMake ? <NewApiKey /> : null}
    >
      <Card note={t('rights.keys.note')} flush>
        <ListBody list={list} empty={<Empty title={t('rights.keys.none')}>{t('rights.keys.noneNote')}</Empty>}>
          <ul className="divide-y">
            {list.rows.map((key) => (
              <KeyRow key={key.id} apiKey={key} mayRevoke={mayMake} />
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
    </Page>
  )
}

function KeyRow({ apiKey, mayRevoke }: { apiKey: ApiKeyLineFragment; mayRevoke: boolean }) {
  const t = useTranslations()
  const { id, name, role, prefix, state, madeBy, requestsPerMinute, createdAt, expiresAt, lastUsedAt } = apiKey
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-4 sm:px-5">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <span className="break-all">{name}</span>
          <Badge>{t(`roles.${role}`)}</Badge>
          <Badge tone={tones[state]} icon={KeyRound}>
            {t(`rights.keys.state.${state}`)}
          </Badge>
        </span>
        <code className="font-mono text-xs">{prefix}…</code>
        <span className="text-xs text-ink-2">
          {t('rights.keys.madeBy', { name: madeBy })} · <Moment at={createdAt} day />
          {' · '}
          {lastUsedAt == null ? t('rights.keys.neverUsed') : t('rights.keys.lastUsed')}{' '}
          {lastUsedAt == null ? null : <Moment at={lastUsedAt} />}
          {expiresAt == null ? null : (
            <>
              {` · ${t('rights.keys.ends')} `}
              <Moment at={expiresAt} />
            </>
          )}
          {requestsPerMinute == null ? null : ` · ${t('rights.keys.rate', { count: requestsPerMinute })}`}
        </span>
      </div>
      {mayRevoke && state === 'ACTIVE' ? (
        <Act
          document={RevokeApiKeyDocument}
          input={() => ({ apiKeyId: id })}
          trigger={
            <Button tone="danger" aria-label={t('rights.keys.revokeOf', { name })}>
              {t('rights.keys.revoke')}
            </Button>
          }
          title={t('rights.keys.revokeOf', { name })}
          consequence={t('rights.keys.revokeConsequence')}
          confirm={t('rights.keys.revoke')}
          tone="danger"
        />
      ) : null}
    </li>
  )
}
