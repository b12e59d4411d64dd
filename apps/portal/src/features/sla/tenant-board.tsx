'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { RequestState } from '@/features/erasure/request-state'
import { byUrgency } from '@/features/sla/by-urgency'
import { ClockState, DueDate } from '@/features/sla/clock'
import { useBoardAnswer } from '@/features/sla/use-board-answer'
import { SlaClocksDocument, type ClockState as State, type SlaClocksQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { SelectField } from '@/ui/field'
import { ListBody } from '@/ui/list-body'
import { Moment } from '@/ui/moment'
import { MoreRows } from '@/ui/more-rows'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { Table } from '@/ui/table'
import { TextLink } from '@/ui/text-link'

type Row = SlaClocksQuery['slaClocks']['edges'][number]['node']

export const clockStates: readonly State[] = ['RUNNING', 'PAUSED', 'MET', 'BREACHED']

const column = createColumnHelper<Row>()

export function TenantBoard() {
  const t = useTranslations()
  const { due } = useQuantities()
  const [state, setState] = useState<State | ''>('')
  const list = useConnection(
    SlaClocksDocument,
    { first: 50, ...(state ? { state } : {}) },
    (result) => result.slaClocks,
  )
  const answer = useBoardAnswer()
  const columns = useMemo(
    () => [
      column.accessor((row) => row.erasureRequest.number, {
        id: 'request',
        header: t('erasure.column.request'),
        cell: ({ row: { original } }) => (
          <TextLink href={`/requests/${encodeURIComponent(original.erasureRequest.id)}`} className="whitespace-nowrap">
            {t('erasure.request', { number: original.erasureRequest.number })}
          </TextLink>
        ),
      }),
      column.accessor('state', {
        header: t('sla.clock'),
        cell: ({ row: { original } }) => <ClockState state={original.state} dueAt={original.dueAt} />,
      }),
      column.accessor('dueAt', {
        header: t('erasure.column.due'),
        cell: ({ row: { original } }) => (
          <span>
            <DueDate clock={original} />
            {original.state === 'MET' ? null : <span className="block text-xs text-ink-2">{due(original.dueAt)}</span>}
          </span>
        ),
      }),
      column.accessor('citation', {
        header: t('sla.statute'),
        cell: ({ getValue }) => <span className="block min-w-48">{getValue()}</span>,
      }),
      column.accessor((row) => row.erasureRequest.state, {
        id: 'requestState',
        header: t('erasure.column.state'),
        cell: ({ getValue }) => <RequestState state={getValue()} />,
      }),
      column.accessor((row) => row.erasureRequest.receivedAt, {
        id: 'received',
        header: t('erasure.column.received'),
        cell: ({ getValue }) => <Moment at={getValue()} day />,
      }),
    ],
    [t, due],
  )
  const rows = useMemo(() => [...list.rows].sort(byUrgency), [list.rows])
  return (
    <Page title={t('nav.sla')} answer={list.isPending ? t('states.loading') : answer(rows)}>
      <Card
        title={t('sla.list')}
        note={t('sla.listNote')}
        flush
        action={
          <SelectField
            label={<span className="sr-only">{t('sla.clock')}</span>}
            value={state}
            onChange={(event) => setState(event.target.value as State | '')}
          >
            <option value="">{t('sla.allStates')}</option>
            {clockStates.map((value) => (
              <option key={value} value={value}>
                {t(`sla.state.${value}`)}
              </option>
            ))}
          </SelectField>
        }
      >
        <ListBody
          list={list}
          empty={<Empty title={state ? t('states.noMatch') : t('sla.none')}>{state ? null : t('sla.noneNote')}</Empty>}
        >
          <Table
            caption={t('sla.list')}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
          />
        </ListBody>
      </Card>
    </Page>
  )
}
