'use client'
import { CircleCheckBig, CircleDashed, Eraser, Fingerprint, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { Verdict } from '@/gql/graphql'
import { Badge, type BadgeTone } from '@/ui/badge'

/** Four marks that differ in shape, word and colour. */
export const verdictMarks: Record<Verdict, { icon: LucideIcon; tone: BadgeTone; ink: string; well: string }> = {
  PASS: { icon: CircleCheckBig, tone: 'pass', ink: 'text-pass', well: 'bg-pass-well' },
  RESIDUAL: { icon: Fingerprint, tone: 'residual', ink: 'text-residual', well: 'bg-residual-well' },
  OVER_FORGOTTEN: { icon: Eraser, tone: 'over', ink: 'text-over', well: 'bg-over-well' },
  INCONCLUSIVE: { icon: CircleDashed, tone: 'open', ink: 'text-open', well: 'bg-open-well' },
}

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const t = useTranslations('verdict')
  const { icon, tone } = verdictMarks[verdict]
  return (
    <Badge tone={tone} icon={icon}>
      {t(`${verdict}.word`)}
    </Badge>
  )
}
