'use client'
import { CircleCheck, CircleX, Hourglass, Power } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { WebhookDeliverySummaryFragment, WebhookSummaryFragment } from '@/gql/graphql'
import { Badge } from '@/ui/badge'

export function WebhookState({ webhook }: { webhook: Pick<WebhookSummaryFragment, 'state' | 'disabledReason'> }) {
  const t = useTranslations('webhooks')
  const { state, disabledReason } = webhook
  return state === 'ACTIVE' ? (
    <Badge tone="pass" icon={CircleCheck}>
      {t('state.ACTIVE')}
    </Badge>
  ) : (
    <Badge tone={disabledReason === 'BY_MEMBER' ? 'neutral' : 'danger'} icon={Power}>
      {t(`disabled.${disabledReason ?? 'BY_MEMBER'}`)}
    </Badge>
  )
}

const marks = {
  QUEUED: { tone: 'accent', icon: Hourglass },
  DELIVERED: { tone: 'pass', icon: CircleCheck },
  FAILED: { tone: 'danger', icon: CircleX },
} as const

export function DeliveryState({ state }: { state: WebhookDeliverySummaryFragment['state'] }) {
  const t = useTranslations('webhooks')
  return <Badge {...marks[state]}>{t(`delivery.${state}`)}</Badge>
}
