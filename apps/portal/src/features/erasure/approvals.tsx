'use client'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { RequestDetailFragment } from '@/gql/graphql'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'

/** Who has approved the plan, and how many are still missing. */
export function Approvals({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('erasure')
  const rights = useTranslations('rights')
  if (request.plan.length === 0 && request.approvals.length === 0) return null
  const missing = Math.max(0, request.requiredApprovals - request.approvals.length)
  return (
    <Card title={t('approvals', { given: request.approvals.length, required: request.requiredApprovals })}>
      <ul className="grid gap-3 text-sm">
        {request.approvals.map((approval) => (
          <li key={approval.userId} className="flex items-start gap-2">
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-pass" />
            <span>
              {approval.userName}
              <span className="block text-xs text-ink-2">
                <Moment at={approval.at} />
                {approval.appointedByRequester ? <span className="block">{rights('appointed')}</span> : null}
              </span>
            </span>
          </li>
        ))}
        {Array.from({ length: missing }, (_, index) => (
          <li key={index} className="flex items-center gap-2 text-ink-2">
            <CircleDashed aria-hidden className="size-4 shrink-0" />
            {t('approvalMissing')}
          </li>
        ))}
      </ul>
    </Card>
  )
}
