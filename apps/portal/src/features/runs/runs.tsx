'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { useProgressText, useRunTitle } from '@/features/runs/run-line'
import { RunState, runStates } from '@/features/runs/run-state'
import { RunsDocument, type RunState as State, type RunSummaryFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { SelectField } from '@/ui/field'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

const column = createColumnHelper<RunSummaryFragment>()

/** From the start of its last attempt to its end; null while there is no end. */
const tookSeconds = ({ startedAt, finishedAt }: RunSummaryFragment): number | null =>
  startedAt == null || finishedAt == null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000

export function Runs() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const [state, setState] = useState<State | ''>('')
  const list = useConnection(RunsDocument, { first: 25, ...(state ? { state } : {}) }, (result) => result.runs)
  const title = useRunTitle()
  const progressText = useProgressText()
  const { duration } = useQuantities()
  const columns = useMemo(
    () => [
      column.accessor((run) => title(run), {
        id: 'run',
        header: t('run.column.run'),
        cell: ({ row, getValue }) => (
          <TextLink href={`/runs/${encodeURIComponent(row.original.id)}`}>{getValue()}</TextLink>
        ),
      }),
      column.accessor('state', {
        header: t('run.column.state'),
        cell: ({ getValue }) => <RunState state={getValue()} />,
      }),
      column.accessor((run) => tookSeconds(run) ?? 0, {
        id: 'took',
        header: t('run.column.took'),
        cell: ({ row: { original } }) => {
          if (original.state === 'RUNNING' && original.progress) return progressText(original.progress)
          const seconds = tookSeconds(original)
          return seconds === null ? '–' : duration(seconds)
        },
      }),
      column.accessor((run) => run.modelVersion?.number ?? 0, {
        id: 'version',
        header: t('run.column.version'),
        cell: ({ row: { original } }) =>
          original.modelVersion ? (
            <TextLink
              href={`/models/versions/${encodeURIComponent(original.modelVersion.id)}`}
              className="whitespace-nowrap"
            >
              {t('model.versionOf', { name: original.modelVersion.model.name, number: original.modelVersion.number })}
            </TextLink>
          ) : (
            '–'
          ),
      }),
      column.accessor((run) => run.device ?? '', {
        id: 'device',
        header: t('run.column.device'),
        cell: ({ getValue }) => getValue() || '–',
        meta: { wideOnly: true },
      }),
      column.accessor('queuedAt', {
        header: t('run.column.queuedAt'),
        cell: ({ getValue }) => <Moment at={getValue()} />,
      }),
    ],
    [t, title, progressText, duration],
  )
  const running = list.rows.filter((run) => run.state === 'RUNNING').length
  const queued = list.rows.filter((run) => run.state === 'QUEUED').length
  return (
    <Page title={t('nav.runs')} answer={listAnswer(list, t('run.listAnswer', { running, queued }))}>
      <Card
        title={t('run.list')}
        flush
        action={
          <SelectField
            label={<span className="sr-only">{t('run.column.state')}</span>}
            value={state}
            onChange={(event) => setState(event.target.value as State | '')}
          >
            <option value="">{t('run.allStates')}</option>
            {runStates.map((value) => (
              <option key={value} value={value}>
                {t(`run.state.${value}`)}
              </option>
            ))}
          </SelectField>
        }
      >
        <ListTable
          list={list}
          caption={t('run.list')}
          rows={list.rows}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<Empty title={state ? t('states.noMatch') : t('run.none')}>{state ? null : t('run.noneNote')}</Empty>}
        />
      </Card>
    </Page>
  )
}
