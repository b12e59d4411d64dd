'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { RequestState } from '@/features/erasure/request-state'
import { BoardFilter } from '@/features/sla/board-filter'
import { BreachRisk } from '@/features/sla/breach-risk'
import { byUrgency } from '@/features/sla/by-urgency'
import { ClockState } from '@/features/sla/clock'
import { ClockMarks, Receipt } from '@/features/sla/clock-marks'
import { useBoardAnswer } from '@/features/sla/use-board-answer'
import { type ClockState as State, SlaBoardDocument, type SlaBoardQuery } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { useListAnswer } from '@/ui/use-list-answer'

type Row = SlaBoardQuery['slaBoard']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function PlatformBoard() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const { due } = useQuantities()
  const [state, setState] = useState<State | ''>('')
  const [statuteId, setStatuteId] = useState('')
  const list = useConnection(
    SlaBoardDocument,
    { first: 50, ...(state ? { state } : {}), ...(statuteId ? { statuteId } : {}) },
    (result) => result.slaBoard,
  )
  const rows = useMemo(() => list.rows.map((row) => ({ ...row, state: row.clockState })).sort(byUrgency), [list.rows])
  const answer = useBoardAnswer()
  const columns = useMemo(
    () => [
      column.accessor('tenantName', { header: t('settings.tenant') }),
      column.accessor('requestNumber', {
        header: t('erasure.column.request'),
        cell: ({ getValue }) => (
          <span className="whitespace-nowrap">{t('erasure.request', { number: getValue() })}</span>
        ),
      }),
      column.accessor('clockState', {
        header: t('sla.clock'),
        cell: ({ row: { original } }) => (
          <span className="grid justify-items-start gap-1">
            <ClockState state={original.clockState} dueAt={original.dueAt} />
            <ClockMarks pauses={original.pauses} isExtended={original.isExtended} notices={original.notices} />
          </span>
        ),
      }),
      column.accessor('dueAt', {
        header: t('erasure.column.due'),
        cell: ({ row: { original } }) => (
          <span>
            <Moment at={lastInTime(original.dueAt).toISOString()} day />
            {original.clockState === 'MET' ? null : (
              <span className="block text-xs text-ink-2">{due(original.dueAt)}</span>
            )}
          </span>
        ),
      }),
      column.accessor((row) => row.breachProbability ?? -1, {
        id: 'risk',
        header: t('sla.forecast.risk'),
        cell: ({ row: { original } }) =>
          original.breachProbability == null ? (
            '–'
          ) : (
            <BreachRisk probability={original.breachProbability} restsOn={original.forecastOn ?? 0} />
          ),
      }),
      column.accessor((row) => row.acknowledgeDueAt ?? '', {
        id: 'acknowledge',
        header: t('sla.deadline.acknowledge'),
        cell: ({ row: { original } }) =>
          original.acknowledgeState && original.acknowledgeDueAt ? (
            <Receipt state={original.acknowledgeState} dueAt={original.acknowledgeDueAt} />
          ) : (
            '–'
          ),
      }),
      column.accessor('statuteId', {
        header: t('sla.statute'),
        cell: ({ getValue }) =>
          t.has(`sla.statuteName.${getValue()}`) ? t(`sla.statuteName.${getValue()}`) : getValue(),
      }),
      column.accessor('requestState', {
        header: t('erasure.column.state'),
        cell: ({ getValue }) => <RequestState state={getValue()} />,
      }),
      column.accessor('receivedAt', {
        header: t('erasure.column.received'),
        cell: ({ getValue }) => <Moment at={getValue()} day />,
      }),
    ],
    [t, due],
  )
  return (
    <Page title={t('sla.platform')} answer={listAnswer(list, answer(rows))}>
      <Card
        title={t('sla.list')}
        note={t('sla.platformNote')}
        flush
        action={<BoardFilter state={state} onState={setState} statuteId={statuteId} onStatute={setStatuteId} />}
      >
        <ListTable
          list={list}
          caption={t('sla.list')}
          rows={rows}
          columns={columns as never}
          rowKey={(row) => `${row.tenantName}-${row.requestNumber}`}
          empty={
            <Empty title={state || statuteId ? t('states.noMatch') : t('sla.none')}>
              {state || statuteId ? null : t('sla.noneNote')}
            </Empty>
          }
        />
      </Card>
    </Page>
  )
}
