'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { TextField } from '@/ui/field'

interface SearchProps {
  wanted: string
  onWanted: (wanted: string) => void
  shown: number
  total: number
  children: ReactNode
}

/** A field to search with, how much was found, and what. */
export function Search({ wanted, onWanted, shown, total, children }: SearchProps) {
  const t = useTranslations('reference')
  return (
    <div className="grid min-w-0 gap-4">
      <TextField
        label={t('search')}
        type="search"
        value={wanted}
        onChange={(event) => onWanted(event.target.value)}
        className="max-w-sm"
      />
      <p role="status" className="text-xs text-ink-2">
        {t('found', { shown, total })}
      </p>
      {children}
    </div>
  )
}
