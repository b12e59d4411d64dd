'use client'
import { useTranslations } from 'next-intl'
import { Act } from '@/features/access/act'
import { type InvitationLineFragment, InvitationsDocument, RevokeInvitationDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Moment } from '@/ui/moment'
import { Empty } from '@/ui/states'

const tones: Record<InvitationLineFragment['state'], BadgeTone> = {
  PENDING: 'open',
  ACCEPTED: 'pass',
  EXPIRED: 'neutral',
  REVOKED: 'neutral',
}

export function Invitations() {
  const t = useTranslations('rights.invitations')
  const list = useConnection(InvitationsDocument, { first: 10 }, (result) => result.invitations)
  return (
    <Card title={t('title')} note={t('note')} flush>
      <ListBody list={list} empty={<Empty title={t('none')} />}>
        <ul className="divide-y border-t">
          {list.rows.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} />
          ))}
        </ul>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}

function InvitationRow({ invitation }: { invitation: InvitationLineFragment }) {
  const t = useTranslations('rights.invitations')
  const roles = useTranslations('roles')
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3 sm:px-5">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-2 text-sm">
          <span className="break-all">{invitation.email}</span>
          <Badge>{roles(invitation.role)}</Badge>
          <Badge tone={tones[invitation.state]}>{t(`state.${invitation.state}`)}</Badge>
        </span>
        <span className="text-xs text-ink-2">
          {invitation.invitedBy == null ? null : `${t('by', { name: invitation.invitedBy })} · `}
          {t('until')} <Moment at={invitation.expiresAt} />
        </span>
      </div>
      {invitation.state === 'PENDING' ? (
        <Act
          document={RevokeInvitationDocument}
          input={() => ({ invitationId: invitation.id })}
          trigger={<Button aria-label={t('revokeOf', { email: invitation.email })}>{t('revoke')}</Button>}
          title={t('revokeOf', { email: invitation.email })}
          consequence={t('revokeConsequence')}
          confirm={t('revoke')}
          tone="danger"
        />
      ) : null}
    </li>
  )
}
