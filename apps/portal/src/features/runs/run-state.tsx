'use client'
import { CircleCheck, CircleSlash, CircleX, Hourglass, LoaderCircle, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { RunState as State } from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'

const marks: Record<State, [LucideIcon, BadgeTone]> = {
  QUEUED: [Hourglass, 'neutral'],
  RUNNING: [LoaderCircle, 'accent'],
  SUCCEEDED: [CircleCheck, 'pass'],
  FAILED: [CircleX, 'danger'],
  CANCELLED: [CircleSlash, 'open'],
}

export const runStates = Object.keys(marks) as State[]

export const isSettled = (state: State): boolean => state !== 'QUEUED' && state !== 'RUNNING'

export function RunState({ state }: { state: State }) {
  const t = useTranslations('run.state')
  const [icon, tone] = marks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {t(state)}
    </Badge>
  )
}
