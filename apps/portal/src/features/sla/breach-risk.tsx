'use client'
import { useTranslations } from 'next-intl'
import { useQuantities } from '@/i18n/use-quantities'

/** Never "0 %" and never "100 %": 4,000 draws do not know that. */
export function BreachRisk({ probability, restsOn }: { probability: number; restsOn: number }) {
  const t = useTranslations('sla.forecast')
  const { percent } = useQuantities()
  const risk =
    probability < 0.01
      ? t('below', { share: percent(0.01) })
      : probability > 0.99
        ? t('above', { share: percent(0.99) })
        : percent(probability)
  return (
    <span>
      <span className={probability >= 0.5 ? 'font-semibold' : ''}>{risk}</span>
      <span className="block text-xs text-ink-2">{t('restsOn', { count: restsOn })}</span>
    </span>
  )
}
