'use client'
import { CircleCheck, CircleDashed, CircleX, Info, Target, type LucideIcon } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import type { AuditTest } from '@/features/audits/report'
import { useQuantities } from '@/i18n/use-quantities'
import { Badge, type BadgeTone } from '@/ui/badge'
import { IntervalNumber } from '@/ui/interval-number'

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
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('tests')}>
      <table className="w-full border-collapse text-sm" data-testid="tests">
        <caption className="sr-only">{t('tests')}</caption>
        <thead>
          <tr className="border-y bg-well/60 text-xs text-ink-2">
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className={`px-3 py-2 font-medium whitespace-nowrap first:pl-4 sm:first:pl-5 ${head === 'test' || head === 'outcome' ? 'text-left' : 'text-right'}`}
              >
                {t(`testColumn.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => (
            <TestRow key={test.id} test={test} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TestRow({ test }: { test: AuditTest }) {
  const t = useTranslations('audit')
  const locale = useLocale()
  const { number, percent } = useQuantities()
  const [icon, tone] = outcomes[test.outcome]
  const isKnown = t.has(`test.${test.id}.name`)
  return (
    <tr className="border-b align-top last:border-b-0">
      <th scope="row" className="min-w-64 px-3 py-3 pl-4 text-left font-normal sm:pl-5">
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
      </th>
      <td className="px-3 py-3 text-right">
        <IntervalNumber estimate={test.effect} />
      </td>
      <td className="px-3 py-3 text-right whitespace-nowrap">
        {test.p === null ? '–' : test.p < 0.001 ? `< ${number(0.001, 3)}` : number(test.p, 3)}
      </td>
      <td className="px-3 py-3 text-right">{test.power === null ? '–' : percent(test.power)}</td>
      <td className="px-3 py-3 pr-4 sm:pr-5">
        <Badge tone={tone} icon={icon}>
          {t(`outcome.${test.outcome}`)}
        </Badge>
      </td>
    </tr>
  )
}
