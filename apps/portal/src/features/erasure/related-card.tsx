'use client'
import { useTranslations } from 'next-intl'
import { RequestState } from '@/features/erasure/request-state'
import type { RequestDetailFragment } from '@/gql/graphql'
import { Card } from '@/ui/card'
import { TextLink } from '@/ui/text-link'

/** Requests that ask for the same, and those that share a run with this one. */
export function RelatedCard({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('related')
  const requests = useTranslations('erasure')
  const { related, batch } = request
  if (related.length === 0 && batch.length === 0) return null
  const link = (other: { id: string; number: number }) => (
    <TextLink href={`/requests/${encodeURIComponent(other.id)}`} className="whitespace-nowrap">
      {requests('request', { number: other.number })}
    </TextLink>
  )
  return (
    <Card title={t('title')} note={related.length > 0 ? t('note') : undefined}>
      <div className="grid gap-4 text-sm" data-testid="related">
        {related.length > 0 ? (
          <ul className="grid gap-2">
            {related.map(({ relation, sharedCount, request: other }) => (
              <li key={other.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {link(other)}
                <RequestState state={other.state} />
                <span className="text-ink-2">{t(`relation.${relation}`, { count: sharedCount })}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {batch.length > 0 ? (
          <div className="grid gap-2">
            <p className="font-medium">{t('batch', { count: batch.length })}</p>
            <ul className="flex flex-wrap gap-x-4 gap-y-2">
              {batch.map((member) => (
                <li key={member.id} className="flex items-center gap-2">
                  {member.id === request.id ? requests('request', { number: member.number }) : link(member)}
                  <RequestState state={member.state} />
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
    </Card>
  )
}
