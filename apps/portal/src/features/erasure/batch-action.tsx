'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useStep } from '@/features/erasure/use-step'
import { BatchErasuresDocument, PlannedRequestsDocument, type RequestDetailFragment } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Confirm } from '@/ui/dialog'

/** Offers the planned requests that are about one of the same versions, by the same method. */
export function BatchAction({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('related')
  const requests = useTranslations('erasure')
  const { act, error, isPending } = useStep(BatchErasuresDocument)
  const { data } = useDocument(PlannedRequestsDocument, { first: 50 })
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const others = data?.erasureRequests.edges.map(({ node }) => node) ?? []
  const shares = (other: (typeof others)[number]) =>
    other.plan.some(({ modelVersion, method }) =>
      request.plan.some((item) => item.modelVersion.id === modelVersion.id && item.method === method),
    )
  const partners = others.filter((other) => other.id !== request.id && other.batch.length === 0 && shares(other))
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  if (partners.length === 0) return null
  return (
    <Confirm
      trigger={<Button>{t('join.label')}</Button>}
      title={t('join.title', { number: request.number })}
      consequence={t('join.consequence')}
      confirm={t('join.label')}
      pending={isPending}
      disabled={chosen.size === 0}
      error={error}
      onConfirm={() => act({ erasureRequestIds: [request.id, ...chosen] })}
    >
      <ul className="grid gap-2 text-sm">
        {partners.map((other) => (
          <li key={other.id}>
            <label className="flex items-center gap-2">
              <input type="checkbox" checked={chosen.has(other.id)} onChange={() => toggle(other.id)} />
              {requests('request', { number: other.number })}
              <span className="text-ink-2">{t('pictures', { count: other.forgetCount })}</span>
            </label>
          </li>
        ))}
      </ul>
    </Confirm>
  )
}
