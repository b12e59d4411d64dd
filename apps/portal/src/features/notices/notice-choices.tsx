'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { MailLanguage } from '@/features/notices/mail-language'
import { ChooseNoticeDocument, NoticeChoicesDocument, type NoticeChoicesQuery } from '@/gql/graphql'
import { newIdempotencyKey, useChange, useDocument } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Page } from '@/ui/page'
import { Empty, LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Choice = NoticeChoicesQuery['noticeChoices']['choices'][number]

/** Of what the viewer gets mail. */
export function NoticeChoices() {
  const t = useTranslations()
  const { email } = useViewer()
  const { data, error, refetch } = useDocument(NoticeChoicesDocument, {})
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  const { choices, language } = data.noticeChoices
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('notices.mail')}
      answer={t('notices.mailAnswer', { count: choices.filter(({ byMail }) => byMail).length })}
    >
      <p className="text-sm text-ink-2">{t('notices.mailNote', { email })}</p>
      <MailLanguage language={language} />
      <Card flush>
        {choices.length === 0 ? (
          <Empty title={t('notices.noMail')} />
        ) : (
          <ul className="divide-y">
            {choices.map((choice) => (
              <ChoiceLine key={choice.kind} choice={choice} />
            ))}
          </ul>
        )}
      </Card>
    </Page>
  )
}

function ChoiceLine({ choice: { kind, byMail, isDefault } }: { choice: Choice }) {
  const t = useTranslations('notices')
  const change = useChange(ChooseNoticeDocument)
  // What was just asked for, until it is read back or refused.
  const [asked, setAsked] = useState<boolean | null>(null)
  const choose = (wanted: boolean) => {
    setAsked(wanted)
    change.mutate(
      { input: { idempotencyKey: newIdempotencyKey(), kind, byMail: wanted } },
      { onError: () => setAsked(null) },
    )
  }
  return (
    <li>
      <label className="flex min-h-11 cursor-pointer items-center gap-3 px-4 py-2 text-sm sm:px-5">
        <input type="checkbox" checked={asked ?? byMail} onChange={(event) => choose(event.target.checked)} />
        <span className="min-w-0 flex-1">{t(`kind.${kind}`)}</span>
        {isDefault ? <span className="text-xs text-ink-2">{t('byRole')}</span> : null}
      </label>
    </li>
  )
}
