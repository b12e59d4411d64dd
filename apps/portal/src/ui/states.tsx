'use client'
import { CircleAlert, Inbox, RotateCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useRefusal } from '@/i18n/use-refusal'
import { Button } from '@/ui/button'
import { classNames } from '@/ui/class-names'

/** Nothing is here, and what would put something here. */
export function Empty({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 px-4 py-8 sm:px-5" data-testid="empty">
      <Inbox aria-hidden className="size-5 text-ink-3" />
      <p className="text-sm font-medium">{title}</p>
      {children ? <p className="max-w-[60ch] text-sm text-ink-2">{children}</p> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  )
}

/** An error with what the gateway says of it. */
export type Refusal = Error & { code?: string; correlationId?: string }

interface ErrorStateProps {
  error: Refusal
  retry?: () => void
}

/** What went wrong, and a way to try again. */
export function ErrorState({ error, retry }: ErrorStateProps) {
  const t = useTranslations('states')
  const say = useRefusal()
  return (
    <div
      role="alert"
      className="flex flex-col items-start gap-2 rounded-md border border-danger bg-danger-well px-4 py-3"
    >
      <p className="flex items-center gap-2 text-sm font-medium text-danger">
        <CircleAlert aria-hidden className="size-4" />
        {t('error')}
      </p>
      <p className="text-sm">{say(error)}</p>
      {error.code || error.correlationId ? (
        <p className="font-mono text-xs text-ink-2">{[error.code, error.correlationId].filter(Boolean).join(' · ')}</p>
      ) : null}
      {retry ? (
        <Button onClick={retry} className="mt-1">
          <RotateCw aria-hidden />
          {t('retry')}
        </Button>
      ) : null}
    </div>
  )
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classNames('animate-pulse rounded bg-well', className)} />
}

/** Rows of grey while a list is read; told once to screen readers. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const t = useTranslations('states')
  return (
    <div role="status" className="grid gap-3 px-4 py-5 sm:px-5">
      <span className="sr-only">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-5" />
      ))}
    </div>
  )
}

/** A whole screen that is still being read. */
export function LoadingPage() {
  return (
    <div className="mx-auto w-full max-w-[76rem] px-4 pt-8 sm:px-8">
      <Skeleton className="mb-3 h-4 w-32" />
      <Skeleton className="mb-8 h-8 max-w-lg" />
      <Loading rows={6} />
    </div>
  )
}
