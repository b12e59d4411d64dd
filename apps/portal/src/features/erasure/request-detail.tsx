'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { AuditsTable } from '@/features/audits/audits-table'
import { BundleCard } from '@/features/bundles/bundle-card'
import { Approvals } from '@/features/erasure/approvals'
import { ClockCard } from '@/features/erasure/clock-card'
import { ClosureCard } from '@/features/erasure/closure-card'
import { IdentityChallengeCard } from '@/features/erasure/identity-challenge'
import { PlanOptions } from '@/features/erasure/plan-options'
import { PlanTable } from '@/features/erasure/plan-table'
import { RelatedCard } from '@/features/erasure/related-card'
import { RequestActions } from '@/features/erasure/request-actions'
import { RequestState } from '@/features/erasure/request-state'
import { Timeline } from '@/features/erasure/timeline'
import { useRequestAnswer } from '@/features/erasure/use-request-answer'
import { useTold } from '@/features/erasure/use-told'
import { ExternalReview } from '@/features/review/external-review'
import { RunLine } from '@/features/runs/run-line'
import { ErasureRequestChangedDocument, ErasureRequestDetailDocument, type RequestDetailFragment } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { useSubscription, type StreamState } from '@/session/use-subscription'
import { Card, Facts } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { FailedPage } from '@/ui/failed-page'
import { LiveMark } from '@/ui/live-mark'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

export function RequestDetail({ id }: { id: string }) {
  const client = useQueryClient()
  const { data, error, refetch } = useDocument(ErasureRequestDetailDocument, { id })
  const stream = useSubscription(
    ErasureRequestChangedDocument,
    { id },
    (result) => client.setQueryData(['ErasureRequestDetail', { id }], { erasureRequest: result.erasureRequestChanged }),
    { enabled: data?.erasureRequest != null },
  )
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  if (!data.erasureRequest) return <NotHere back="/requests" />
  return <Request request={data.erasureRequest} stream={stream} />
}

function Request({ request, stream }: { request: RequestDetailFragment; stream: StreamState }) {
  const t = useTranslations()
  const answer = useRequestAnswer()
  const running = request.runs.filter(({ state }) => state === 'RUNNING' || state === 'QUEUED')
  return (
    <Page
      trail={<TextLink href="/requests">{t('nav.requests')}</TextLink>}
      title={t('erasure.request', { number: request.number })}
      mark={
        <>
          <RequestState state={request.state} />
          <LiveMark state={stream} />
        </>
      }
      answer={answer(request)}
      actions={<RequestActions request={request} />}
    >
      {request.stateReason ? (
        <p className="rounded-lg border border-warn bg-warn-well px-4 py-3 text-sm sm:px-5" data-testid="state-reason">
          <span className="font-medium text-warn">{t('erasure.why')} </span>
          <StateReason request={request} />
          {request.resumesAt ? (
            <span className="block text-ink-2">{t(`erasure.resumesAt.${request.resumesAt as 'ERASING'}`)}</span>
          ) : null}
        </p>
      ) : null}
      {running.length > 0 ? (
        <Card title={t('erasure.running')}>
          <ul className="grid gap-4">
            {running.map((run) => (
              <li key={run.id}>
                <RunLine run={run} />
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start">
        <div className="grid min-w-0 gap-5">
          <RelatedCard request={request} />
          <PlanOptions request={request} />
          <PlanTable request={request} />
          <ClosureCard request={request} />
          {request.audits.length > 0 ? (
            <Card title={t('erasure.audits')} flush>
              <AuditsTable caption={t('erasure.audits')} rows={request.audits} />
            </Card>
          ) : null}
          <BundleCard request={request} />
          <ExternalReview request={request} />
          <Timeline entries={request.timeline} requestId={request.id} />
        </div>
        <div className="grid gap-5">
          <ClockCard request={request} />
          <IdentityChallengeCard request={request} />
          <Approvals request={request} />
          <About request={request} />
        </div>
      </div>
    </Page>
  )
}

/** What a person wrote stands as they wrote it. */
function StateReason({ request }: { request: RequestDetailFragment }) {
  const { why } = useTold()
  return (request.stateSentence ? why(request.stateSentence) : null) ?? request.stateReason
}

/** How identity was shown, or is to be: a method alone would read as if it had been confirmed. */
function identityOf(
  { identityMethod, state }: RequestDetailFragment,
  t: ReturnType<typeof useTranslations<'identity'>>,
): string {
  if (!identityMethod) return t('none')
  const method = t(`methods.${identityMethod}`)
  return state === 'IDENTITY_PENDING' ? t('begun', { method }) : method
}

function About({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('erasure')
  const identity = useTranslations('identity')
  return (
    <Card title={t('about')}>
      <Facts
        rows={[
          [t('column.owner'), request.owner?.subjectKey ?? t('hiddenOwner')],
          [t('ground'), request.ground],
          [t('identity'), identityOf(request, identity)],
          [t('column.pictures'), request.forgetCount],
          [t('column.received'), <Moment key="received" at={request.receivedAt} />],
          [t('forgetDigest'), <CopyableId key="forget" value={request.forgetDigest} />],
          ...(request.planDigest
            ? [[t('planDigest'), <CopyableId key="plan" value={request.planDigest} />] as const]
            : []),
          ...(request.policyDigest
            ? [[t('policyDigest'), <CopyableId key="policy" value={request.policyDigest} />] as const]
            : []),
        ]}
      />
    </Card>
  )
}
