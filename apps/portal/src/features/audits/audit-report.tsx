'use client'
import { Download, Printer } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { AlignmentMatrices } from '@/features/audits/alignment-matrices'
import { AlignmentHistograms } from '@/features/audits/alignment-histograms'
import { ComparisonTable } from '@/features/audits/comparison-table'
import { AuditReport } from '@/features/audits/report'
import { TestsTable } from '@/features/audits/tests-table'
import { VerdictCard } from '@/features/audits/verdict-card'
import { VerdictMark } from '@/features/audits/verdict-mark'
import { AuditDetailDocument, type AuditDetailQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { Button, ButtonAnchor } from '@/ui/button'
import { Card, Facts } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Audit = NonNullable<AuditDetailQuery['audit']>

export function AuditReportScreen({ id }: { id: string }) {
  const t = useTranslations()
  const { data, error, refetch } = useDocument(AuditDetailDocument, { id })
  const report = useMemo(() => (data?.audit ? AuditReport.safeParse(data.audit.report) : null), [data])
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  if (!data.audit || !report) return <NotHere back="/audits" />
  if (!report.success) return <FailedPage error={new Error(t('audit.unreadable'))} />
  return <Report audit={data.audit} report={report.data} />
}

function Report({ audit, report }: { audit: Audit; report: AuditReport }) {
  const t = useTranslations()
  const { number } = useQuantities()
  return (
    <Page
      trail={<TextLink href="/audits">{t('nav.audits')}</TextLink>}
      title={t('audit.titleOf', { number: audit.number, model: audit.after.model.name, version: audit.after.number })}
      mark={<VerdictMark verdict={report.verdict} />}
      answer={t(`verdict.${report.verdict}.sentence`)}
      actions={<ReportActions audit={audit} report={report} />}
    >
      <VerdictCard audit={audit} report={report} />
      <Card title={t('audit.matrices')} note={t('audit.matricesNote')}>
        <AlignmentMatrices path={audit.matricesPath} />
      </Card>
      <Card
        title={t('audit.distributions')}
        note={t('audit.distributionsNote', { forget: report.sizes.forget, heldOut: report.sizes.heldOut })}
      >
        <AlignmentHistograms histograms={report.histograms} />
      </Card>
      <Card
        title={t('audit.tests')}
        note={t('audit.testsNote', { level: number(100 * (1 - 2 * report.policy.alpha)) })}
        flush
      >
        <TestsTable tests={report.tests} />
      </Card>
      <Card title={t('audit.comparison')} note={t('audit.comparisonNote')} flush>
        <ComparisonTable models={report.models} aucMargin={report.policy.aucMargin} />
        {report.models.some(({ role }) => role === 'retrain') ? null : (
          <p className="border-t px-4 py-3 text-sm text-ink-2 sm:px-5">{t('audit.noRetrain')}</p>
        )}
      </Card>
      <Limits limits={report.limits} />
      <Policy audit={audit} report={report} />
    </Page>
  )
}

function ReportActions({ audit, report }: { audit: Audit; report: AuditReport }) {
  const t = useTranslations('audit')
  const href = useMemo(
    () => `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(report, null, 2))}`,
    [report],
  )
  return (
    <>
      <ButtonAnchor href={href} download={`audit-${audit.number}.json`}>
        <Download aria-hidden />
        {t('downloadReport')}
      </ButtonAnchor>
      <ButtonAnchor href={`/api${audit.matricesPath}`} download={`audit-${audit.number}-matrices.safetensors`}>
        <Download aria-hidden />
        {t('downloadMatrices')}
      </ButtonAnchor>
      <Button onClick={() => window.print()}>
        <Printer aria-hidden />
        {t('print')}
      </Button>
    </>
  )
}

/** What the audit does not prove; as prominent as what it says. */
function Limits({ limits }: { limits: readonly string[] }) {
  const t = useTranslations('audit')
  return (
    <Card title={t('limits')} note={t('limitsNote')}>
      <ul className="grid max-w-[75ch] list-disc gap-2 pl-5 text-sm marker:text-ink-3">
        {limits.map((code) => (
          <li key={code}>
            {t.has(`limit.${code}`) ? t(`limit.${code}`) : <span lang="en">{code.replaceAll('-', ' ')}</span>}
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** What was to be shown, fixed before anything ran. */
function Policy({ audit, report }: { audit: Audit; report: AuditReport }) {
  const t = useTranslations('policy')
  const { number, percent } = useQuantities()
  const { policy } = report
  return (
    <Card title={t('title')} note={t('note')}>
      <Facts
        columns={3}
        rows={[
          [t('aucMargin'), `0.5 ± ${number(policy.aucMargin, 2)}`],
          [t('utilityMargin'), percent(policy.utilityMargin, 1)],
          [t('minimumPower'), percent(policy.minimumPower)],
          [t('alpha'), number(policy.alpha, 3)],
          [t('views'), number(policy.views)],
          [t('resamples'), number(policy.resamples)],
          [t('requiredForgetSize'), t('pictures', { count: report.requiredForgetSize })],
          [t('sizes'), t('sizesValue', report.sizes)],
          [t('seed'), String(policy.seed)],
          [t('digest'), <CopyableId key="digest" value={report.policyDigest} />],
          [t('matricesDigest'), <CopyableId key="matrices" value={report.matrices.digest} />],
          [t('auditedAt'), <Moment key="at" at={audit.createdAt} />],
        ]}
      />
    </Card>
  )
}
