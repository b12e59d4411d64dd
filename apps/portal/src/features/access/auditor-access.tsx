'use client'
import { Eye } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Act } from '@/features/access/act'
import { GrantAccess } from '@/features/access/grant-access'
import { type AuditorGrantLineFragment, AuditorGrantsDocument, RevokeAuditorAccessDocument } from '@/gql/graphql'
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

const tones: Record<AuditorGrantLineFragment['state'], BadgeTone> = {
  ACTIVE: 'pass',
  EXPIRED: 'neutral',
  REVOKED: 'neutral',
}

/** Who from outside may look into which cases, and until when. */
export function AuditorAccess() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const mayGrant = useMay('auditor:grant')
  const list = useConnection(AuditorGrantsDocument, { first: 20 }, (result) => result.auditorGrants)
  const active = list.rows.filter(({ state }) => state === 'ACTIVE').length
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('rights.auditors.title')}
      answer={listAnswer(list, t('rights.auditors.answer', { count: active }))}
      actions={mayGrant ? <GrantAccess /> : null}
    >
      <Card flush>
        <ListBody list={list} empty={<Empty title={t('rights.auditors.none')}>{t('rights.auditors.noneNote')}</Empty>}>
          <ul className="divide-y">
            {list.rows.map((grant) => (
              <GrantRow key={grant.id} grant={grant} mayRevoke={mayGrant} />
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
    </Page>
  )
}

function GrantRow({ grant, mayRevoke }: { grant: AuditorGrantLineFragment; mayRevoke: boolean }) {
  const t = useTranslations()
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-4 sm:px-5">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {grant.auditor}
          {grant.outside ? <span className="font-normal text-ink-2">{grant.outside.issuer}</span> : null}
          <Badge tone={tones[grant.state]} icon={Eye}>
            {t(`rights.auditors.state.${grant.state}`)}
          </Badge>
        </span>
        <span className="text-sm">{grant.reason}</span>
        <span className="flex flex-wrap gap-x-3 text-sm">
          {grant.erasureRequests.map(({ id, number }) => (
            <TextLink key={id} href={`/requests/${encodeURIComponent(id)}`}>
              {t('overview.request', { number })}
            </TextLink>
          ))}
        </span>
        <span className="text-xs text-ink-2">
          {t('rights.auditors.by', { name: grant.grantedBy })} · <Moment at={grant.grantedAt} />
          {` · ${t('rights.auditors.until')} `}
          <Moment at={grant.revokedAt ?? grant.expiresAt} />
        </span>
      </div>
      {mayRevoke && grant.state === 'ACTIVE' ? (
        <Act
          document={RevokeAuditorAccessDocument}
          input={() => ({ grantId: grant.id })}
          trigger={
            <Button tone="danger" aria-label={t('rights.auditors.revokeOf', { name: grant.auditor })}>
              {t('rights.auditors.revoke')}
            </Button>
          }
          title={t('rights.auditors.revokeOf', { name: grant.auditor })}
          consequence={t('rights.auditors.revokeConsequence')}
          confirm={t('rights.auditors.revoke')}
          tone="danger"
        />
      ) : null}
    </li>
  )
}
