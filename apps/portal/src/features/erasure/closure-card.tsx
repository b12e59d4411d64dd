'use client'
import { CircleAlert, CircleCheck, FileX, Hourglass, RefreshCw, ShieldCheck, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ClosureItemState, RequestDetailFragment } from '@/gql/graphql'
import { useMay } from '@/session/viewer-context'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Card } from '@/ui/card'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'
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
export function ClosureCard({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('closure')
  const { closure: items, planDigest } = request
  if (items.length === 0) return null
  return (
    <Card title={t('title')} note={t('note')} flush>
      <PlainTable caption={t('title')} heads={heads.map((id) => ({ id, label: t(`column.${id}`) }))} testId="closure">
        {items.map((item) => (
          <ClosureRow key={`${item.thing} ${item.refId}`} item={item} isPlanned={planDigest != null} />
        ))}
      </PlainTable>
    </Card>
  )
}

interface ClosureRowProps {
  item: RequestDetailFragment['closure'][number]
  /** Before there is a plan nothing is missing from it. */
  isPlanned: boolean
}

function ClosureRow({ item, isPlanned }: ClosureRowProps) {
  const t = useTranslations('closure')
  const told = useTranslations('told.kept')
  const mayRead = useMay('evidence:read')
  const waits = !isPlanned && item.state === 'NOT_COVERED'
  const [icon, tone] = marks[waits ? 'PLANNED' : item.state]
  const name = t.has(`thing.${item.thing}`) ? t(`thing.${item.thing}`) : item.thing
  // What belongs to the request itself is named by its kind.
  const label = item.thing === 'model-version' || item.thing.startsWith('dataset-') || item.thing.startsWith('sample')
  return (
    <Row>
      <RowHead>
        <span className="font-medium">{name}</span>
        {label && item.label != null ? <span className="block text-xs text-ink-2">{item.label}</span> : null}
      </RowHead>
      <Cell label={t('column.action')}>
        {item.action == null ? (isPlanned ? t('notPlanned') : '–') : t(`action.${item.action}`)}
      </Cell>
      <Cell label={t('column.state')}>
        <Badge tone={tone} icon={icon}>
          {t(waits ? 'state.UNPLANNED' : `state.${item.state}`)}
        </Badge>
        {item.basis == null ? null : (
          <span className="mt-1 block max-w-xs text-xs text-ink-2">
            {item.basisCode == null ? item.basis : told(item.basisCode)}
          </span>
        )}
      </Cell>
      <Cell label={t('column.receipt')}>
        {item.receiptSeq == null ? (
          '–'
        ) : mayRead ? (
          <TextLink href={`/evidence/${item.receiptSeq}`}>{t('entry', { seq: item.receiptSeq })}</TextLink>
        ) : (
          t('entry', { seq: item.receiptSeq })
        )}
      </Cell>
    </Row>
  )
}
