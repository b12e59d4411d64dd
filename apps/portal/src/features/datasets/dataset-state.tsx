'use client'
import { CircleCheck, CircleX, Eraser, LoaderCircle, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { DatasetVersionState } from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'

const marks: Record<DatasetVersionState, [LucideIcon, BadgeTone]> = {
  INGESTING: [LoaderCircle, 'accent'],
  READY: [CircleCheck, 'pass'],
  FAILED: [CircleX, 'danger'],
  ERASED: [Eraser, 'open'],
}

export function DatasetState({ state }: { state: DatasetVersionState }) {
  const t = useTranslations('dataset.state')
  const [icon, tone] = marks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {t(state)}
    </Badge>
  )
}
