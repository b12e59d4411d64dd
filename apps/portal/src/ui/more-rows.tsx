'use client'
import { ChevronDown } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/ui/button'

interface MoreRowsProps {
  shown: number
  total: number
  hasNext: boolean
  pending: boolean
  onMore: () => void
}

/** Past this many rows a list asks to be narrowed rather than scrolled. */
const tooMany = 300

/** "20 of 214 shown" and the way to the rest. */
export function MoreRows({ shown, total, hasNext, pending, onMore }: MoreRowsProps) {
  const t = useTranslations('states')
  if (shown === 0) return null
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t px-4 py-3 text-xs text-ink-2 sm:px-5">
      <p role="status">{t('shown', { shown, total })}</p>
      {hasNext && shown >= tooMany ? <p>{t('tooMany', { limit: tooMany })}</p> : null}
      {hasNext && shown < tooMany ? (
        <Button onClick={onMore} disabled={pending} aria-busy={pending} data-print="hide">
          <ChevronDown aria-hidden />
          {t('more')}
        </Button>
      ) : null}
    </div>
  )
}
