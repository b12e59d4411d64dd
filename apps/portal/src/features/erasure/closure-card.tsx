'use client'
import { CircleAlert, CircleCheck, FileX, Hourglass, RefreshCw, ShieldCheck, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ClosureItemState, RequestDetailFragment } from '@/gql/graphql'
import { useMay } from '@/session/viewer-context'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Card } from '@/ui/card'
import { TextLink } from '@/ui/text-link'

const marks: Record<ClosureItemState, [LucideIcon, BadgeTone]> = {
  PLANNED: [Hourglass, 'neutral'],
  FORGOTTEN: [CircleCheck, 'pass'],
  RETRAINED: [RefreshCw, 'pass'],
  DESTROYED: [FileX, 'pass'],
  RETAINED: [ShieldCheck, 'open'],
  NOT_COVERED: [CircleAlert, 'danger'],
}

const heads = ['thing', 'action', 'state', 'receipt'] as const

/** Every thing that derives from the pictures, with what became of it and the entry of the log that proves it. */
export function ClosureCard({ items }: { items: RequestDetailFragment['closure'] }) {
  const t = useTranslations('closure')
  if (items.length === 0) return null
  return (
    <Card title={t('title')} note={t('note')} flush>
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('title')}>
        <table className="w-full border-collapse text-sm" data-testid="closure">
          <caption className="sr-only">{t('title')}</caption>
          <thead>
            <tr className="border-y bg-well/60 text-xs text-ink-2">
              {heads.map((head) => (
                <th
                  key={head}
                  scope="col"
                  className="px-3 py-2 text-left font-medium whitespace-nowrap first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5"
                >
                  {t(`column.${head}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <ClosureRow key={`${item.thing} ${item.refId}`} item={item} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function ClosureRow({ item }: { item: RequestDetailFragment['closure'][number] }) {
  const t = useTranslations('closure')
  const told = useTranslations('told.kept')
  const mayRead = useMay('evidence:read')
  const [icon, tone] = marks[item.state]
  const name = t.has(`thing.${item.thing}`) ? t(`thing.${item.thing}`) : item.thing
  // What belongs to the request itself is named by its kind.
  const label = item.thing === 'model-version' || item.thing.startsWith('dataset-') || item.thing.startsWith('sample')
  return (
    <tr className="border-b align-top last:border-b-0">
      <th scope="row" className="px-3 py-3 pl-4 text-left font-normal sm:pl-5">
        <span className="font-medium">{name}</span>
        {label && item.label != null ? <span className="block text-xs text-ink-2">{item.label}</span> : null}
      </th>
      <td className="px-3 py-3">{item.action == null ? t('notPlanned') : t(`action.${item.action}`)}</td>
      <td className="px-3 py-3">
        <Badge tone={tone} icon={icon}>
          {t(`state.${item.state}`)}
        </Badge>
        {item.basis == null ? null : (
          <span className="mt-1 block max-w-xs text-xs text-ink-2">
            {item.basisCode == null ? item.basis : told(item.basisCode)}
          </span>
        )}
      </td>
      <td className="px-3 py-3 pr-4 whitespace-nowrap sm:pr-5">
        {item.receiptSeq == null ? (
          '–'
        ) : mayRead ? (
          <TextLink href={`/evidence/${item.receiptSeq}`}>{t('entry', { seq: item.receiptSeq })}</TextLink>
        ) : (
          t('entry', { seq: item.receiptSeq })
        )}
      </td>
    </tr>
  )
}
