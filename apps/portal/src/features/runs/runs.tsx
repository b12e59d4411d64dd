'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { useProgressText, useRunTitle } from '@/features/runs/run-line'
import { RunState, runStates } from '@/features/runs/run-state'
import { RunsDocument, type RunState as State, type RunSummaryFragment } from '@/gql/graphql'
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

const column = createColumnHelper<RunSummaryFragment>()

export function Runs() {
  const t = useTranslations()
  const [state, setState] = useState<State | ''>('')
  const list = useConnection(RunsDocument, { first: 25, ...(state ? { state } : {}) }, (result) => result.runs)
  const title = useRunTitle()
  const progressText = useProgressText()
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
      column.accessor((run) => run.progress?.fraction ?? 0, {
        id: 'progress',
        header: t('run.column.progress'),
        cell: ({ row: { original } }) =>
          original.state === 'RUNNING' && original.progress ? progressText(original.progress) : '–',
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
      }),
      column.accessor('queuedAt', {
        header: t('run.column.queuedAt'),
        cell: ({ getValue }) => <Moment at={getValue()} />,
      }),
    ],
    [t, title, progressText],
  )
  const running = list.rows.filter((run) => run.state === 'RUNNING').length
  const queued = list.rows.filter((run) => run.state === 'QUEUED').length
  return (
    <Page
      title={t('nav.runs')}
      answer={list.isPending ? t('states.loading') : t('run.listAnswer', { running, queued })}
    >
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
        <ListBody
          list={list}
          empty={<Empty title={state ? t('states.noMatch') : t('run.none')}>{state ? null : t('run.noneNote')}</Empty>}
        >
          <Table
            caption={t('run.list')}
            rows={list.rows}
            columns={columns}
            rowKey={(row) => row.id}
            footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
          />
        </ListBody>
      </Card>
    </Page>
  )
}
