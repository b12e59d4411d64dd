'use client'
import { useTranslations } from 'next-intl'
import { NoticeInboxDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'

/** Beside "Notices" in the navigation: how many were not seen; nothing when there are none. */
export function NoticeCount() {
  const t = useTranslations('notices')
  const unseen = useDocument(NoticeInboxDocument, {}).data?.noticeInbox.unseenCount ?? 0
  if (unseen === 0) return null
  return (
    <span className="ml-auto rounded-full bg-accent px-1.5 text-xs leading-5 text-accent-ink">
      {unseen >= 100 ? '99+' : unseen}
      <span className="sr-only"> {t('unseen')}</span>
    </span>
  )
}
