'use client'
import { useTranslations } from 'next-intl'
import { StandingNote } from '@/features/access/standing-note'
import { AuditsTable } from '@/features/audits/audits-table'
import { RequestsTable } from '@/features/erasure/requests-table'
import { ListAccessNote } from '@/features/overview/list-access-note'
import { RunLine } from '@/features/runs/run-line'
import { DueDate } from '@/features/sla/clock'
import { OverviewDocument, type OverviewQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { useMay, useViewer } from '@/session/viewer-context'
import { ButtonLink } from '@/ui/button'
import { Card } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Page } from '@/ui/page'
import { Empty, LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

export function Overview() {
  const t = useTranslations()
  const viewer = useViewer()
  const mayRequest = useMay('erasure:request')
  const mayRun = useMay('run:read')
  // Who neither trains nor decides comes to see whether the model really forgot.
  const mayAct = useMay('member:read')
  const { due } = useQuantities()
  const { data, error, refetch } = useDocument(OverviewDocument, {})
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  const { overview } = data
  const latest = overview.recentAudits[0]
  const answer = [
    t('overview.open', { count: overview.openRequests }),
    overview.nearestDue && overview.openRequests > 0
      ? t('overview.nearest', { due: due(overview.nearestDue.dueAt) })
      : null,
    overview.atRisk > 0 ? t('overview.atRisk', { count: overview.atRisk }) : t('overview.nothingAtRisk'),
  ]
  return (
    <Page
      title={t('overview.title', { name: viewer.name })}
      answer={`${!mayAct && latest ? t(`overview.latest.${latest.verdict}`) : ''}${answer.filter(Boolean).join(t('overview.join'))}`}
      actions={
        mayRequest ? (
          <ButtonLink tone="primary" href="/requests/new">
            {t('erasure.new')}
          </ButtonLink>
        ) : null
      }
    >
      <StandingNote />
      <ListAccessNote access={overview.listAccess} />
      <Card title={t('overview.waiting')} note={t('overview.waitingNote')} flush>
        {overview.waitingForViewer.length === 0 ? (
          <Empty title={t('overview.nothingWaits')} />
        ) : (
          <RequestsTable caption={t('overview.waiting')} rows={overview.waitingForViewer} />
        )}
      </Card>
      <div className="grid gap-5 xl:grid-cols-2">
        {mayRun ? <RunsInProgress runs={overview.runsInProgress} /> : null}
        <Card title={t('overview.verdicts')} flush className={mayRun ? '' : 'xl:col-span-2'}>
          {overview.recentAudits.length === 0 ? (
            <Empty title={t('audit.none')}>{t('audit.noneNote')}</Empty>
          ) : (
            <AuditsTable caption={t('overview.verdicts')} rows={overview.recentAudits} />
          )}
        </Card>
      </div>
      <Holdings overview={overview} />
    </Page>
  )
}

function RunsInProgress({ runs }: { runs: OverviewQuery['overview']['runsInProgress'] }) {
  const t = useTranslations('overview')
  return (
    <Card title={t('runs')} flush>
      {runs.length === 0 ? (
        <Empty title={t('noRuns')}>{t('noRunsNote')}</Empty>
      ) : (
        <ul className="divide-y border-t">
          {runs.map((run) => (
            <li key={run.id} className="px-4 py-3 sm:px-5">
              <RunLine run={run} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** What the tenant holds, each with the way to it. */
function Holdings({ overview }: { overview: OverviewQuery['overview'] }) {
  const t = useTranslations('overview')
  const { number } = useQuantities()
  const { actions } = useViewer()
  const all: [string, string, number, string][] = [
    ['dataset:read', '/datasets', overview.datasetCount, t('datasets')],
    ['model:read', '/models', overview.modelCount, t('models')],
    ['evidence:read', '/evidence', overview.evidenceCount, t('evidence')],
  ]
  const rows = all.filter(([action]) => actions.includes(action))
  if (rows.length === 0 && !overview.nearestDue) return null
  return (
    <dl className="flex flex-wrap gap-x-12 gap-y-4 border-t pt-5">
      {overview.nearestDue ? (
        <div>
          <dt className="label">{t('nearestDue')}</dt>
          <dd className="mt-1 text-sm">
            <TextLink href={`/requests/${encodeURIComponent(overview.nearestDue.erasureRequest.id)}`}>
              {t('request', { number: overview.nearestDue.erasureRequest.number })}
            </TextLink>
            {' · '}
            <DueDate clock={overview.nearestDue} />
          </dd>
        </div>
      ) : null}
      {rows.map(([, href, count, label]) => (
        <div key={href}>
          <dt className="label">{label}</dt>
          <dd className="mt-1 text-sm">
            <TextLink href={href}>{number(count)}</TextLink>
          </dd>
        </div>
      ))}
    </dl>
  )
}
