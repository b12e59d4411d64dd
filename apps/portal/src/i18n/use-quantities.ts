'use client'
import { useLocale, useNow, useTimeZone, useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { calendarDays, formatBytes, formatDuration } from '@/i18n/quantities'

/** Numbers in words of the viewer's language and the tenant's time zone. */
export function useQuantities() {
  const locale = useLocale()
  const zone = useTimeZone() ?? 'UTC'
  const now = useNow({ updateInterval: 60_000 })
  const t = useTranslations('due')
  return useMemo(() => {
    const daysTo = (instant: string): number => calendarDays(now.getTime(), Date.parse(instant), zone)
    return {
      duration: (seconds: number) => formatDuration(seconds, locale),
      bytes: (bytes: number) => formatBytes(bytes, locale),
      number: (value: number, digits = 0) =>
        new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
      percent: (share: number, digits = 0) =>
        new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share),
      daysTo,
      /** "in 9 days", "today", "2 days ago". */
      due: (instant: string) => {
        const days = daysTo(instant)
        if (days === 0) return t('today')
        return days > 0 ? t('in', { days }) : t('ago', { days: -days })
      },
    }
  }, [locale, zone, now, t])
}
