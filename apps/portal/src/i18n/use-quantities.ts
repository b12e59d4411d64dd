'use client'
import { useLocale, useNow, useTimeZone, useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { calendarDays, formatBytes, formatDuration, lastInTime } from '@/i18n/quantities'

/** Numbers in words of the viewer's language and the tenant's time zone. */
export function useQuantities() {
  const locale = useLocale()
  const zone = useTimeZone() ?? 'UTC'
  const now = useNow({ updateInterval: 60_000 })
  const t = useTranslations('due')
  return useMemo(() => {
    const daysTo = (dueAt: string): number => calendarDays(now.getTime(), lastInTime(dueAt).getTime(), zone)
    return {
      duration: (seconds: number) => formatDuration(seconds, locale),
      bytes: (bytes: number) => formatBytes(bytes, locale),
      number: (value: number, digits = 0) =>
        new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
      money: ({ amount, currency }: { amount: number; currency: string }) =>
        new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount),
      percent: (share: number, digits = 0) =>
        new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share),
      /** Calendar days from now to a deadline. */
      daysTo,
      /** "in 9 days", "today", "2 days ago". */
      due: (dueAt: string) => {
        const days = daysTo(dueAt)
        if (days === 0) return t('today')
        return days > 0 ? t('in', { days }) : t('ago', { days: -days })
      },
    }
  }, [locale, zone, now, t])
}
