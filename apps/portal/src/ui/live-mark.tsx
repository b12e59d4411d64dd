'use client'
import { Radio, WifiOff } from 'lucide-react'
import { useTranslations } from 'next-intl'

/** Whether what is seen follows along, or is as of the last reading. */
export function LiveMark({ state }: { state: 'connecting' | 'live' | 'ended' | 'retrying' }) {
  const t = useTranslations('live')
  if (state === 'connecting' || state === 'ended') return null
  const Icon = state === 'live' ? Radio : WifiOff
  return (
    <span
      role="status"
      className={`inline-flex items-center gap-1.5 text-xs ${state === 'live' ? 'text-ink-2' : 'text-warn'}`}
      data-print="hide"
    >
      <Icon aria-hidden className="size-3.5" />
      {t(state)}
    </span>
  )
}
