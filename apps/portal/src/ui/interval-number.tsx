'use client'
import { useFormatter, useTranslations } from 'next-intl'

interface Estimate {
  value: number
  interval: readonly [number, number] | null
}

/** A value with its interval beneath, or the plain word that there is none. */
export function IntervalNumber({
  estimate,
  digits = 3,
  sign = false,
}: {
  estimate: Estimate
  digits?: number
  sign?: boolean
}) {
  const t = useTranslations('audit')
  const format = useFormatter()
  const show = (value: number) =>
    format.number(value, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      ...(sign ? { signDisplay: 'exceptZero' as const } : {}),
    })
  return (
    <span className="inline-block">
      <span className="font-medium">{show(estimate.value)}</span>
      <span className="block text-xs whitespace-nowrap text-ink-2">
        {estimate.interval ? `[${show(estimate.interval[0])}, ${show(estimate.interval[1])}]` : t('noInterval')}
      </span>
    </span>
  )
}
