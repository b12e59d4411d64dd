'use client'
import {
  Ban,
  CircleCheckBig,
  Eraser,
  FileInput,
  FileSearch,
  ListChecks,
  OctagonPause,
  ShieldCheck,
  Undo2,
  UserCheck,
  UserSearch,
  Waves,
  type LucideIcon,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ErasureState } from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'

const marks: Record<ErasureState, [LucideIcon, BadgeTone]> = {
  RECEIVED: [FileInput, 'neutral'],
  IDENTITY_PENDING: [UserSearch, 'warn'],
  VERIFIED: [UserCheck, 'neutral'],
  PLANNED: [ListChecks, 'accent'],
  APPROVED: [ShieldCheck, 'accent'],
  UNLEARNING: [Waves, 'accent'],
  AUDITING: [FileSearch, 'accent'],
  ERASING: [Eraser, 'accent'],
  BLOCKED: [OctagonPause, 'warn'],
  FULFILLED: [CircleCheckBig, 'pass'],
  REJECTED: [Ban, 'open'],
  WITHDRAWN: [Undo2, 'open'],
}

export const erasureStates = Object.keys(marks) as ErasureState[]

export const isOpen = (state: ErasureState): boolean => !['FULFILLED', 'REJECTED', 'WITHDRAWN'].includes(state)

export function RequestState({ state }: { state: ErasureState }) {
  const t = useTranslations('erasure.state')
  const [icon, tone] = marks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {t(state)}
    </Badge>
  )
}
