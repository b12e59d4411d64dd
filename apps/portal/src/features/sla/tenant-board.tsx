'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { RequestState } from '@/features/erasure/request-state'
import { byUrgency } from '@/features/sla/by-urgency'
import { BoardFilter } from '@/features/sla/board-filter'
import { BreachRisk } from '@/features/sla/breach-risk'
import { ClockState, DueDate } from '@/features/sla/clock'
import { ClockMarks, Receipt } from '@/features/sla/clock-marks'
import { DeadlineCalendar } from '@/features/sla/deadline-calendar'
import { deadlinesIcs } from '@/features/sla/deadlines-ics'
import { ForecastCard } from '@/features/sla/forecast-card'
import { useBoardAnswer } from '@/features/sla/use-board-answer'
import { SlaClocksDocument, type ClockState as State, type SlaClocksQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Button, ButtonLink } from '@/ui/button'
import { Card } from '@/ui/card'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { Tabs } from '@/ui/tabs'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

type Row = SlaClocksQuery['slaClocks']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function TenantBoard() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const { due } = useQuantities()
  const { actions } = useViewer()
  const [state, setState] = useState<State | ''>('')
  const [statuteId, setStatuteId] = useState('')
  const list = useConnection(
    SlaClocksDocument,
    { first: 50, ...(state ? { state } : {}), ...(statuteId ? { statuteId } : {}) },
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
        cell: ({ row: { original } }) => (
          <span className="grid justify-items-start gap-1">
            <ClockState state={original.state} dueAt={original.dueAt} />
            <ClockMarks
              pauses={original.events.filter(({ kind }) => kind === 'pause').length}
              isExtended={original.events.some(({ kind }) => kind === 'extend')}
            />
          </span>
        ),
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
      column.accessor((row) => row.forecast?.probability ?? -1, {
        id: 'risk',
        header: t('sla.forecast.risk'),
        cell: ({ row: { original } }) =>
          original.forecast ? (
            <BreachRisk probability={original.forecast.probability} restsOn={original.forecast.finishedRequests} />
          ) : (
            '–'
          ),
      }),
      column.accessor((row) => row.deadlines.find(({ kind }) => kind === 'acknowledge')?.dueAt ?? '', {
        id: 'acknowledge',
        header: t('sla.deadline.acknowledge'),
        cell: ({ row: { original } }) => {
          const receipt = original.deadlines.find(({ kind }) => kind === 'acknowledge')
          return receipt ? <Receipt {...receipt} /> : '–'
        },
      }),
      column.accessor('statuteId', {
        header: t('sla.statute'),
        cell: ({ row: { original } }) => (
          <span title={original.citation}>{t(`sla.statuteName.${original.statuteId}`)}</span>
        ),
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
    <Page
      title={t('nav.sla')}
      answer={listAnswer(list, answer(rows))}
      actions={
        <>
          <ButtonLink href="/sla/rules">
            {actions.includes('clock:write') ? t('sla.rules.set') : t('sla.rules.see')}
          </ButtonLink>
          <CalendarFile rows={rows} />
        </>
      }
    >
      <Card
        title={t('sla.list')}
        note={t('sla.listNote')}
        flush
        action={<BoardFilter state={state} onState={setState} statuteId={statuteId} onStatute={setStatuteId} />}
      >
        <Tabs
          label={t('sla.view.label')}
          tabs={[
            {
              id: 'list',
              label: t('sla.view.list'),
              content: (
                <div className="min-w-0">
                  <ListTable
                    list={list}
                    caption={t('sla.list')}
                    rows={rows}
                    columns={columns}
                    rowKey={(row) => row.id}
                    empty={
                      <Empty title={state || statuteId ? t('states.noMatch') : t('sla.none')}>
                        {state || statuteId ? null : t('sla.noneNote')}
                      </Empty>
                    }
                  />
                </div>
              ),
            },
            {
              id: 'calendar',
              label: t('sla.view.calendar'),
              content: (
                <div className="min-w-0">
                  <DeadlineCalendar
                    entries={rows.map(({ id, state: clockState, dueAt, erasureRequest }) => ({
                      id,
                      state: clockState,
                      dueAt,
                      label: t('erasure.request', { number: erasureRequest.number }),
                      href: `/requests/${encodeURIComponent(erasureRequest.id)}`,
                    }))}
                  />
                </div>
              ),
            },
          ]}
        />
      </Card>
      <ForecastCard />
    </Page>
  )
}

/** Open deadlines on screen, for the calendar that one already uses. */
function CalendarFile({ rows }: { rows: readonly Row[] }) {
  const t = useTranslations()
  const open = rows.filter(({ state }) => state === 'RUNNING' || state === 'BREACHED')
  const save = () => {
    const things = open.map(({ id, dueAt, erasureRequest }) => ({
      id,
      dueAt,
      title: t('sla.calendar.event', { number: erasureRequest.number }),
      url: new URL(`/requests/${encodeURIComponent(erasureRequest.id)}`, window.location.href).href,
    }))
    const url = URL.createObjectURL(new Blob([deadlinesIcs(things, new Date())], { type: 'text/calendar' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'deadlines.ics' })
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Button disabled={open.length === 0} onClick={save}>
      {t('sla.calendar.file')}
    </Button>
  )
}
