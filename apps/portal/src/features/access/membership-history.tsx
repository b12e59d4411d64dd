'use client'
import { useTranslations } from 'next-intl'
import { MembershipChangesDocument } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Moment } from '@/ui/moment'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

/** Who could approve when: every change of membership, with the entry that proves it. */
export function MembershipHistory() {
  const t = useTranslations()
  const mayReadEvidence = useMay('evidence:read')
  const list = useConnection(MembershipChangesDocument, { first: 10 }, (result) => result.membershipChanges)
  return (
    <Card title={t('rights.history.title')} note={t('rights.history.note')} flush>
      <ListBody list={list} empty={<Empty title={t('rights.history.none')} />}>
        <ul className="divide-y border-t">
          {list.rows.map(({ id, member, changedBy, previousRole, role, at, evidenceSeq }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 py-2.5 text-sm sm:px-5"
            >
              <span>
                {previousRole == null && role != null
                  ? t('rights.history.joined', { name: member, role: t(`roles.${role}`) })
                  : role == null
                    ? t('rights.history.left', { name: member })
                    : t('rights.history.changed', { name: member, role: t(`roles.${role}`) })}
                {changedBy == null ? null : (
                  <span className="text-ink-2"> {t('rights.history.by', { name: changedBy })}</span>
                )}
              </span>
              <span className="flex gap-3 text-xs text-ink-2">
                <Moment at={at} />
                {evidenceSeq != null && mayReadEvidence ? (
                  <TextLink href={`/evidence/${evidenceSeq}`}>
                    {t('rights.history.entry', { seq: evidenceSeq })}
                  </TextLink>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}
