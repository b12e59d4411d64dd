'use client'
import { useLocale, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { AuditReport, Estimate } from '@/features/audits/report'
import { verdictMarks } from '@/features/audits/verdict-mark'
import type { AuditDetailQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { classNames } from '@/ui/class-names'
import { IntervalNumber } from '@/ui/interval-number'
import { TextLink } from '@/ui/text-link'

type Audit = NonNullable<AuditDetailQuery['audit']>

/** The verdict with the three numbers that carry it: what is left, what moved, what it cost. */
export function VerdictCard({ audit, report }: { audit: Audit; report: AuditReport }) {
  const t = useTranslations('audit')
  const { icon: Icon, ink, well } = verdictMarks[report.verdict]
  return (
    <section
      aria-label={t('verdict')}
      className="overflow-hidden rounded-lg border bg-sheet"
      data-testid="verdict-card"
    >
      <div className={classNames('flex items-start gap-3 px-4 py-4 sm:px-5', well)}>
        <Icon aria-hidden className={classNames('mt-0.5 size-6 shrink-0', ink)} />
        <ul className="grid min-w-0 gap-1 text-sm">
          {report.reasons.map((reason, index) => (
            <li key={index}>
              <Reason reason={reason} />
            </li>
          ))}
        </ul>
      </div>
      <Numbers audit={audit} report={report} />
      <p className="border-t px-4 py-3 text-sm text-ink-2 sm:px-5">
        {t('about')}{' '}
        <TextLink href={`/requests/${encodeURIComponent(audit.erasureRequest.id)}`}>
          {t('requestOf', { number: audit.erasureRequest.number })}
        </TextLink>
        {' · '}
        <TextLink href={`/models/versions/${encodeURIComponent(audit.before.id)}`}>
          {t('versionBefore', { number: audit.before.number })}
        </TextLink>
        {' → '}
        <TextLink href={`/models/versions/${encodeURIComponent(audit.after.id)}`}>
          {t('versionAfter', { number: audit.after.number })}
        </TextLink>
      </p>
    </section>
  )
}

/** Its figures stand in the table of tests, so that no language needs them here. */
function Reason({ reason }: { reason: AuditReport['reasons'][number] }) {
  const t = useTranslations('audit.reason')
  const locale = useLocale()
  if (locale !== 'en' && t.has(reason.code)) return <span className="font-medium">{t(reason.code)}</span>
  return <span lang="en">{reason.message}</span>
}

function Numbers({ audit, report }: { audit: Audit; report: AuditReport }) {
  const t = useTranslations('audit')
  const { number, duration } = useQuantities()
  const before = report.models.find(({ role }) => role === 'before')
  const after = report.models.find(({ role }) => role === 'after')
  const margin = report.policy.aucMargin
  const kept = after?.knnAccuracy ?? null
  return (
    <dl className="grid divide-y sm:grid-cols-3 sm:divide-x sm:divide-y-0">
      <Measure
        term={t('residual')}
        estimate={after?.membershipAuc ?? null}
        note={t('residualNote', {
          low: number(0.5 - margin, 2),
          high: number(0.5 + margin, 2),
          before: before ? number(before.membershipAuc.value, 3) : '–',
        })}
      />
      <Measure
        term={t('kept')}
        estimate={kept}
        note={before?.knnAccuracy ? t('keptNote', { before: number(before.knnAccuracy.value, 3) }) : t('keptUnknown')}
      />
      <div className="px-4 py-4 sm:px-5">
        <dt className="label">{t('costTerm')}</dt>
        <dd className="mt-1.5">
          <span className="text-2xl font-semibold tracking-tight">
            {audit.after.cost ? duration(audit.after.cost.wallSeconds) : '–'}
          </span>
          <span className="mt-1 block text-xs text-ink-2">
            {audit.before.cost
              ? t('costNote', { duration: duration(audit.before.cost.wallSeconds), number: audit.before.number })
              : t('costUnknown')}
          </span>
        </dd>
      </div>
    </dl>
  )
}

function Measure({ term, estimate, note }: { term: ReactNode; estimate: Estimate | null; note: ReactNode }) {
  return (
    <div className="px-4 py-4 sm:px-5">
      <dt className="label">{term}</dt>
      <dd className="mt-1.5">
        <span className="text-2xl leading-8 font-semibold tracking-tight [&_.font-medium]:font-semibold">
          {estimate ? <IntervalNumber estimate={estimate} /> : '–'}
        </span>
        <span className="mt-1 block text-xs text-ink-2">{note}</span>
      </dd>
    </div>
  )
}
