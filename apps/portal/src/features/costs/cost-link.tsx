'use client'
import { useTranslations } from 'next-intl'
import { useMay } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { TextLink } from '@/ui/text-link'

/** The way to what device time costs, for who may see it. */
export function CostLink() {
  const t = useTranslations('costs')
  if (!useMay('cost:read')) return null
  return (
    <Card title={t('title')}>
      <p className="flex flex-wrap gap-x-3 text-sm">
        <TextLink href="/settings/costs">{t('link')}</TextLink>
        <span className="text-ink-2">{t('linkNote')}</span>
      </p>
    </Card>
  )
}
