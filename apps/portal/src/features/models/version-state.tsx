'use client'
import { Archive, CircleCheck, CircleX, Dumbbell, Radio, ShieldX, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ModelVersionState } from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'

export const versionMarks: Record<ModelVersionState, [LucideIcon, BadgeTone]> = {
  TRAINING: [Dumbbell, 'accent'],
  READY: [CircleCheck, 'neutral'],
  PRODUCTION: [Radio, 'pass'],
  RETIRED: [Archive, 'open'],
  FAILED: [CircleX, 'danger'],
  REJECTED: [ShieldX, 'warn'],
}

export function VersionState({ state }: { state: ModelVersionState }) {
  const t = useTranslations('model.state')
  const [icon, tone] = versionMarks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {t(state)}
    </Badge>
  )
}
