'use client'
import { useTranslations } from 'next-intl'
import { ForecastQualityDocument, type ForecastQualityQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { Card } from '@/ui/card'

type Quality = ForecastQualityQuery['forecastQuality']

/** How good forecasts have been, beside what they are made of. */
export function ForecastCard() {
  const t = useTranslations('sla.forecast')
  const { data } = useDocument(ForecastQualityDocument, {})
  const quality = data?.forecastQuality
  if (!quality) return null
  return (
    <Card title={t('quality')} note={t('model')}>
      {quality.brier == null || quality.baseline == null ? (
        <p className="text-sm text-ink-2">{t('unscored')}</p>
      ) : (
        <Scored quality={quality} brier={quality.brier} baseline={quality.baseline} />
      )}
    </Card>
  )
}

function Scored({ quality, brier, baseline }: { quality: Quality; brier: number; baseline: number }) {
  const t = useTranslations('sla.forecast')
  const { number, percent } = useQuantities()
  const cell = (share: number | null | undefined) => (share == null ? '–' : percent(share))
  return (
    <div className="grid gap-4">
      <p className="text-sm">
        {t('brier', {
          brier: number(brier, 3),
          baseline: number(baseline, 3),
          forecasts: quality.forecasts,
          clocks: quality.clocks,
        })}
      </p>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">{t('calibration')}</caption>
          <thead>
            <tr className="text-left text-xs text-ink-2">
              {['bin', 'forecasts', 'foretold', 'observed'].map((name) => (
                <th key={name} scope="col" className="py-1 pr-4 font-medium">
                  {t(`column.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {quality.bins.map((bin) => (
              <tr key={bin.from} className="border-t">
                <th scope="row" className="py-1.5 pr-4 text-left font-normal whitespace-nowrap">
                  {percent(bin.from)} – {percent(bin.to)}
                </th>
                <td className="pr-4">{bin.forecasts}</td>
                <td className="pr-4">{cell(bin.foretold)}</td>
                <td>{cell(bin.observed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
