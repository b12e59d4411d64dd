'use client'
import { useTranslations } from 'next-intl'
import { ButtonLink } from '@/ui/button'
import { Page } from '@/ui/page'

/** An id that leads to nothing, or to nothing that this viewer may see; the two are not told apart. */
export function NotHere({ back }: { back: string }) {
  const t = useTranslations('states')
  return (
    <Page
      title="404"
      answer={t('notFound')}
      actions={<ButtonLink href={back}>{t(back === '/' ? 'toOverview' : 'toList')}</ButtonLink>}
    >
      <p className="text-sm text-ink-2">{t('notFoundNote')}</p>
    </Page>
  )
}
