'use client'
import { CircleCheck, CircleX, Download, Hourglass } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { BundleSummaryFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useRefusal } from '@/i18n/use-refusal'
import { Badge } from '@/ui/badge'
import { ButtonAnchor } from '@/ui/button'
import { CopyableId } from '@/ui/copyable-id'
import { Moment } from '@/ui/moment'

const marks = {
  QUEUED: { tone: 'accent', icon: Hourglass },
  READY: { tone: 'pass', icon: CircleCheck },
  FAILED: { tone: 'danger', icon: CircleX },
} as const

/** One bundle: how far it is, and once it is there what was made, with its download. */
export function BundleLine({ bundle, requestNumber }: { bundle: BundleSummaryFragment; requestNumber: number }) {
  const t = useTranslations('bundle')
  const refusal = useRefusal()
  const { bytes, number } = useQuantities()
  const { state, digest, size, logSize, path, failure } = bundle
  return (
    <div className="flex flex-wrap items-start justify-between gap-3 text-sm">
      <div className="grid min-w-0 gap-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge {...marks[state]}>{t(`state.${state}`)}</Badge>
          <span className="text-xs text-ink-2">
            <Moment at={bundle.settledAt ?? bundle.requestedAt} />
            {bundle.isAutomatic ? ` · ${t('automatic')}` : ''}
          </span>
        </span>
        {failure ? (
          <span className="text-danger">
            <code className="font-mono text-xs">{failure.code}</code> {refusal(failure)}
          </span>
        ) : null}
        {digest != null && size != null && logSize != null ? (
          <span className="flex flex-wrap items-baseline gap-x-3 text-xs text-ink-2">
            <span>{t('extent', { size: bytes(size), entries: number(logSize) })}</span>
            <CopyableId value={digest} />
          </span>
        ) : null}
      </div>
      {path != null ? (
        <ButtonAnchor href={`/api${path}`} download={`erasure-${requestNumber}.tar`}>
          <Download aria-hidden />
          {t('download')}
        </ButtonAnchor>
      ) : null}
    </div>
  )
}
