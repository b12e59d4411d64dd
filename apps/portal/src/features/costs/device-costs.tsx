'use client'
import { useTranslations } from 'next-intl'
import { PriceForm } from '@/features/costs/price-form'
import { DeviceCostsDocument } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Card, Facts } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

/** What runs were measured to take, and what that costs at the tenant's own price. */
export function DeviceCosts() {
  const t = useTranslations()
  const mayPrice = useMay('price:write')
  const { bytes, duration, money, number } = useQuantities()
  const { data, error, refetch } = useDocument(DeviceCostsDocument, {})
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  const { price, cost, measuredSince, settledRuns, wallSeconds, cpuSeconds, peakMemoryBytes } = data.deviceCosts
  const values = { runs: settledRuns, time: duration(wallSeconds) }
  return (
    <Page
      trail={<TextLink href="/settings">{t('nav.settings')}</TextLink>}
      title={t('costs.title')}
      answer={cost ? t('costs.answer', { ...values, cost: money(cost) }) : t('costs.answerUnpriced', values)}
    >
      <Card title={t('costs.measured')} note={t('costs.measuredNote')}>
        <Facts
          columns={2}
          rows={[
            [t('platform.measuredSince'), <Moment key="since" at={measuredSince} day />],
            [t('costs.runs'), number(settledRuns)],
            [t('run.wall'), duration(wallSeconds)],
            [t('run.cpu'), duration(cpuSeconds)],
            [t('run.memory'), peakMemoryBytes > 0 ? bytes(peakMemoryBytes) : '–'],
            [t('costs.cost'), cost ? money(cost) : t('costs.noPrice')],
          ]}
        />
      </Card>
      <Card title={t('costs.price')} note={t('costs.priceNote')}>
        {mayPrice ? (
          <PriceForm key={price ? `${price.amount} ${price.currency}` : ''} price={price ?? null} />
        ) : (
          <p className="text-sm">{price ? t('costs.perHour', { price: money(price) }) : t('costs.noPrice')}</p>
        )}
      </Card>
    </Page>
  )
}
