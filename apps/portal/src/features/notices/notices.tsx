'use client'
import { useTranslations } from 'next-intl'
import { noticeHref, type NoticeRow, noticeText } from '@/features/notices/notice-text'
import { MarkNoticesSeenDocument, NoticeInboxDocument, NoticesDocument } from '@/gql/graphql'
import { newIdempotencyKey, useChange, useConnection, useDocument } from '@/session/use-document'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { Moment } from '@/ui/moment'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

/** What happened that concerns the viewer, newest first. */
export function Notices() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const list = useConnection(NoticesDocument, { first: 20 }, (result) => result.notices)
  const inbox = useDocument(NoticeInboxDocument, {})
  const change = useChange(MarkNoticesSeenDocument)
  const unseen = inbox.data?.noticeInbox.unseenCount ?? 0
  const newest = list.rows[0]
  const markSeen = (upTo: string) => change.mutate({ input: { idempotencyKey: newIdempotencyKey(), upTo } })
  return (
    <Page
      title={t('nav.notices')}
      answer={listAnswer(inbox, t('notices.answer', { count: unseen }))}
      actions={
        newest && unseen > 0 ? (
          <Button disabled={change.isPending} onClick={() => markSeen(newest.createdAt)}>
            {t('notices.markSeen')}
          </Button>
        ) : null
      }
    >
      <Card flush>
        <ListBody list={list} empty={<Empty title={t('notices.none')}>{t('notices.noneNote')}</Empty>}>
          <ul className="divide-y">
            {list.rows.map((notice) => (
              <Line key={notice.id} notice={notice} />
            ))}
          </ul>
          <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
        </ListBody>
      </Card>
      <p className="text-sm text-ink-2">
        <TextLink href="/settings/notifications">{t('notices.choose')}</TextLink>
      </p>
    </Page>
  )
}

function Line({ notice }: { notice: NoticeRow }) {
  const t = useTranslations()
  const href = noticeHref(notice)
  const text = noticeText(t, notice)
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5">
      <span className="flex min-w-0 flex-wrap items-baseline gap-2">
        {href === null ? <span>{text}</span> : <TextLink href={href}>{text}</TextLink>}
        {notice.isNew ? <Badge tone="accent">{t('notices.new')}</Badge> : null}
      </span>
      <span className="text-xs text-ink-2">
        <Moment at={notice.createdAt} />
      </span>
    </li>
  )
}
