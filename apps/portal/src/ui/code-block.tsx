'use client'
import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/ui/button'

export function CodeBlock({ label, code, wrap = false }: { label: string; code: string; wrap?: boolean }) {
  const t = useTranslations('actions')
  const [copied, setCopied] = useState(false)
  const Icon = copied ? Check : Copy
  return (
    <figure className="min-w-0 rounded-md border bg-well">
      <figcaption className="flex items-center justify-between gap-2 border-b py-1 pr-1 pl-3 text-xs text-ink-2">
        {label}
        <Button
          tone="quiet"
          className="min-h-7 px-2 py-0.5 text-xs"
          onClick={() => void navigator.clipboard?.writeText(code).then(() => setCopied(true))}
        >
          <Icon aria-hidden />
          {copied ? t('copied') : t('copyAll')}
        </Button>
      </figcaption>
      <pre
        tabIndex={0}
        className={`max-h-96 overflow-auto p-3 font-mono text-xs leading-5 ${wrap ? 'break-all whitespace-pre-wrap' : ''}`}
      >
        {code}
      </pre>
    </figure>
  )
}
