'use client'
import { useTranslations } from 'next-intl'
import { useCallback } from 'react'

interface Refusal {
  readonly code?: string | null | undefined
  readonly message: string
}

/** A refusal in the reader's language, by its code; in the gateway's own words where that has no text here. */
export function useRefusal(): (refusal: Refusal) => string {
  const t = useTranslations('refusal')
  return useCallback(
    ({ code, message }) => (code != null && t.has(code as never) ? t(code as never, { message } as never) : message),
    [t],
  )
}
