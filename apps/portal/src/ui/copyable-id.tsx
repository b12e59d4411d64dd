'use client'
import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'

/** A digest or id: its ends are shown, the whole is copied. */
export function CopyableId({ value, keep = 8, whole = false }: { value: string; keep?: number; whole?: boolean }) {
  const t = useTranslations('actions')
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1600)
    return () => clearTimeout(timer)
  }, [copied])
  const shown = whole || value.length <= keep * 2 + 1 ? value : `${value.slice(0, keep)}…${value.slice(-4)}`
  const Icon = copied ? Check : Copy
  return (
    <span className="inline-flex max-w-full items-center gap-1 align-baseline">
      <code className="min-w-0 font-mono text-[0.8125rem] break-all" title={value}>
        {shown}
      </code>
      <button
        type="button"
        aria-label={t('copy', { value: shown })}
        onClick={() => void navigator.clipboard?.writeText(value).then(() => setCopied(true))}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded text-ink-3 hover:bg-well hover:text-ink"
        data-print="hide"
      >
        <Icon aria-hidden className="size-3.5" />
      </button>
      <span role="status" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </span>
  )
}
