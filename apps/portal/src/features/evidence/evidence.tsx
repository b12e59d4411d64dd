'use client'
import { useFormatter, useNow, useTranslations } from 'next-intl'
import { Bundles } from '@/features/bundles/bundles'
import { Checkpoints } from '@/features/evidence/checkpoints'
import { EvidenceEntries } from '@/features/evidence/evidence-entries'
import { VerifyYourself } from '@/features/evidence/verify-yourself'
import { EvidenceLogDocument, type EvidenceLogQuery } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { FailedPage } from '@/ui/failed-page'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { Tabs } from '@/ui/tabs'

export function Evidence({ erasureRequestId }: { erasureRequestId?: string | undefined }) {
  const t = useTranslations()
  const { data, error, refetch } = useDocument(EvidenceLogDocument, {})
  const answer = useLogAnswer()
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return (
    <Page title={t('nav.evidence')} answer={answer(data.evidenceLog)}>
      <Tabs
        label={t('nav.evidence')}
        tabs={[
          {
            id: 'log',
            label: t('evidence.log'),
            content: <EvidenceEntries {...(erasureRequestId ? { erasureRequestId } : {})} />,
          },
          { id: 'checkpoints', label: t('evidence.checkpoints'), content: <Checkpoints /> },
          { id: 'bundles', label: t('bundle.titleAll'), content: <Bundles /> },
          { id: 'verify', label: t('evidence.verify'), content: <VerifyYourself log={data.evidenceLog} /> },
        ]}
      />
    </Page>
  )
}

/** "214 entries, all under a checkpoint signed 3 minutes ago." */
function useLogAnswer(): (log: EvidenceLogQuery['evidenceLog']) => string {
  const t = useTranslations('evidence')
  const format = useFormatter()
  const now = useNow({ updateInterval: 30_000 })
  return ({ size, latestCheckpoint }) => {
    if (size === 0) return t('answerNone')
    if (!latestCheckpoint) return t('answerUnsigned', { size })
    const ago = format.relativeTime(new Date(latestCheckpoint.createdAt), now)
    const pending = Math.max(0, size - latestCheckpoint.size)
    return pending === 0 ? t('answer', { size, ago }) : t('answerPending', { size, pending, ago })
  }
}
