'use client'
import { CircleCheck, CircleDashed, CircleX, Info, Target, type LucideIcon } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import type { AuditTest } from '@/features/audits/report'
import { useQuantities } from '@/i18n/use-quantities'
import { Badge, type BadgeTone } from '@/ui/badge'
import { IntervalNumber } from '@/ui/interval-number'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'

const outcomes: Record<AuditTest['outcome'], [LucideIcon, BadgeTone]> = {
  met: [CircleCheck, 'pass'],
  'not-met': [CircleX, 'residual'],
  inconclusive: [CircleDashed, 'open'],
  informative: [Info, 'neutral'],
}

const heads = ['test', 'effect', 'p', 'power', 'outcome'] as const

/** Each test with its effect, interval, p and power, and whether the method optimised what it measures. */
export function TestsTable({ tests }: { tests: readonly AuditTest[] }) {
  const t = useTranslations('audit')
  return (
    <PlainTable
      caption={t('tests')}
      heads={heads.map((id) => ({ id, label: t(`testColumn.${id}`), numeric: id !== 'test' && id !== 'outcome' }))}
      testId="tests"
    >
      {tests.map((test) => (
        <TestRow key={test.id} test={test} />
      ))}
    </PlainTable>
  )
}

function TestRow({ test }: { test: AuditTest }) {
  const t = useTranslations('audit')
  const locale = useLocale()
  const { number, percent } = useQuantities()
  const [icon, tone] = outcomes[test.outcome]
  const isKnown = t.has(`test.${test.id}.name`)
  return (
    <Row>
      <RowHead>
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{isKnown ? t(`test.${test.id}.name`) : test.id}</span>
          {test.optimisedFor ? (
            <Badge tone="warn" icon={Target}>
              {t('optimisedFor')}
            </Badge>
          ) : null}
        </span>
        {isKnown ? <span className="mt-0.5 block text-xs text-ink-2">{t(`test.${test.id}.asks`)}</span> : null}
        {locale === 'en' || !isKnown ? (
          <span lang="en" className="mt-1 block text-xs">
            {test.detail}
          </span>
        ) : null}
      </RowHead>
      <Cell label={t('testColumn.effect')} numeric>
        <IntervalNumber estimate={test.effect} />
      </Cell>
      <Cell label={t('testColumn.p')} numeric>
        {test.p === null ? '–' : test.p < 0.001 ? `< ${number(0.001, 3)}` : number(test.p, 3)}
      </Cell>
      <Cell label={t('testColumn.power')} numeric>
        {test.power === null ? '–' : percent(test.power)}
      </Cell>
      <Cell label={t('testColumn.outcome')}>
        <Badge tone={tone} icon={icon}>
          {t(`outcome.${test.outcome}`)}
        </Badge>
      </Cell>
    </Row>
  )
}
