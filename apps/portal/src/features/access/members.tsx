'use client'
import { UserMinus, UserPlus } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Act } from '@/features/access/act'
import { Invitations } from '@/features/access/invitations'
import { MembershipHistory } from '@/features/access/membership-history'
import { RoleField } from '@/features/access/role-field'
import {
  ChangeMemberRoleDocument,
  InviteMemberDocument,
  type MailLocale,
  type MemberLineFragment,
  MembersDocument,
  RemoveMemberDocument,
  type Role,
} from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { TextField } from '@/ui/field'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

/** Who belongs to the tenant, who is invited, and who had which role when. */
export function Members() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const mayChange = useMay('member:write')
  const list = useConnection(MembersDocument, { first: 20 }, (result) => result.members)
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('rights.members.title')}
      answer={listAnswer(list, t('rights.members.answer', { count: list.total }))}
      actions={mayChange ? <Invite /> : null}
    >
      <Card flush>
        <ListBody list={list} empty={<Empty title={t('rights.members.none')} />}>
          <ul className="divide-y">
            {list.rows.map((member) => (
              <MemberRow key={member.id} member={member} mayChange={mayChange} />
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
      {mayChange ? <Invitations /> : null}
      <MembershipHistory />
    </Page>
  )
}

function MemberRow({ member, mayChange }: { member: MemberLineFragment; mayChange: boolean }) {
  const t = useTranslations()
  const [role, setRole] = useState<Role>(member.role)
  const userId = member.id
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-4 sm:px-5">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {member.name}
          <Badge>{t(`roles.${member.role}`)}</Badge>
          {member.isViewer ? <Badge tone="accent">{t('rights.members.you')}</Badge> : null}
        </span>
        <span className="text-sm break-all text-ink-2">{member.email}</span>
        <span className="text-xs text-ink-2">
          {t('rights.members.since')} <Moment at={member.joinedAt} day />
        </span>
      </div>
      {mayChange ? (
        <div className="flex flex-wrap gap-2">
          <Act
            document={ChangeMemberRoleDocument}
            input={() => ({ userId, role })}
            trigger={
              <Button aria-label={t('rights.members.changeOf', { name: member.name })}>
                {t('rights.members.change')}
              </Button>
            }
            title={t('rights.members.changeOf', { name: member.name })}
            consequence={t('rights.members.changeConsequence')}
            confirm={t('rights.members.change')}
            disabled={role === member.role}
          >
            <RoleField value={role} onChange={setRole} />
          </Act>
          <Act
            document={RemoveMemberDocument}
            input={() => ({ userId })}
            trigger={
              <Button tone="danger" aria-label={t('rights.members.removeOf', { name: member.name })}>
                <UserMinus aria-hidden />
                {t('rights.members.remove')}
              </Button>
            }
            title={t('rights.members.removeOf', { name: member.name })}
            consequence={t('rights.members.removeConsequence')}
            confirm={t('rights.members.remove')}
            tone="danger"
          />
        </div>
      ) : null}
    </li>
  )
}

function Invite() {
  const t = useTranslations()
  const locale = useLocale()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('engineer')
  const [subjectKey, setSubjectKey] = useState('')
  const isOwnerOfData = role === 'data_owner'
  return (
    <Act
      document={InviteMemberDocument}
      input={() => ({
        email,
        role,
        subjectKey: isOwnerOfData && subjectKey !== '' ? subjectKey : null,
        locale: locale as MailLocale,
      })}
      onDone={() => {
        setEmail('')
        setSubjectKey('')
      }}
      trigger={
        <Button tone="primary">
          <UserPlus aria-hidden />
          {t('rights.invite.label')}
        </Button>
      }
      title={t('rights.invite.title')}
      consequence={t('rights.invite.consequence')}
      confirm={t('rights.invite.send')}
      disabled={email.trim() === ''}
    >
      <TextField
        label={t('signIn.email')}
        type="email"
        autoComplete="off"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <RoleField value={role} onChange={setRole} />
      {isOwnerOfData ? (
        <TextField
          label={t('rights.invite.subjectKey')}
          hint={t('rights.invite.subjectKeyHint')}
          value={subjectKey}
          onChange={(event) => setSubjectKey(event.target.value)}
        />
      ) : null}
    </Act>
  )
}
