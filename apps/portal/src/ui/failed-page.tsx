'use client'
import { useTranslations } from 'next-intl'
import { Page } from '@/ui/page'
import { ErrorState, type Refusal } from '@/ui/states'

/** A screen whose first reading was refused: it says so where its answer would stand. */
export function FailedPage({ error, retry }: { error: Refusal; retry?: () => void }) {
  const t = useTranslations('states')
  return (
    <Page title={t('errorTitle')} answer={`${t('error')}${t('stop')}`}>
      <ErrorState error={error} {...(retry ? { retry } : {})} />
    </Page>
  )
}
