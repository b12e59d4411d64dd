'use client'
import { useTranslations } from 'next-intl'
import { useState, type ChangeEvent } from 'react'
import { ImportErasuresDocument, type ImportErasuresMutation } from '@/gql/graphql'
import { useRefusal } from '@/i18n/use-refusal'
import { useChange } from '@/session/use-document'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { TextArea, TextField } from '@/ui/field'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'
import { TextLink } from '@/ui/text-link'

type Import = Extract<ImportErasuresMutation['importErasures'], { __typename: 'ErasureImport' }>
type ImportedRow = Import['rows'][number]

const columns = ['row', 'outcome', 'detail'] as const

/** One key for all lists, so that a mended list sent again takes in only what is new. */
const idempotencyKey = 'erasure-import'

/** A list of requests: looked at first, row by row, and then taken in. */
export function ImportCard() {
  const t = useTranslations('newRequest.list')
  const [csv, setCsv] = useState('')
  const [result, setResult] = useState<Import | null>(null)
  const [error, setError] = useState<string | null>(null)
  const change = useChange(ImportErasuresDocument)

  const send = async (dryRun: boolean) => {
    setError(null)
    try {
      const { importErasures } = await change.mutateAsync({ input: { idempotencyKey, csv, dryRun } })
      if (importErasures.__typename === 'ErasureImport') setResult(importErasures)
      else setError(importErasures.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
  }
  const edit = (text: string) => {
    setCsv(text)
    setResult(null)
  }
  const open = async (event: ChangeEvent<HTMLInputElement>) => edit((await event.target.files?.[0]?.text()) ?? '')
  return (
    <Card title={t('title')} note={t('note')}>
      <div className="grid max-w-3xl gap-4">
        <TextField label={t('file')} type="file" accept=".csv,text/csv" onChange={(event) => void open(event)} />
        <TextArea
          label={t('text')}
          hint={t('hint')}
          error={error}
          value={csv}
          onChange={(event) => edit(event.target.value)}
          rows={5}
          spellCheck={false}
          placeholder="subject_key,content_id,ground,received_at,statute"
          className="font-mono text-xs"
        />
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => void send(true)} disabled={csv.trim() === '' || change.isPending}>
            {t('check')}
          </Button>
          <Button
            tone="primary"
            onClick={() => void send(false)}
            disabled={result?.isDryRun !== true || result.accepted === 0 || change.isPending}
          >
            {t('take', { count: result?.isDryRun === true ? result.accepted : 0 })}
          </Button>
        </div>
        {result ? <Outcome result={result} /> : null}
      </div>
    </Card>
  )
}

function Outcome({ result }: { result: Import }) {
  const t = useTranslations('newRequest.list')
  const { accepted, known, refused, rows, isDryRun } = result
  return (
    <div className="grid gap-3" data-testid="import">
      <p className="text-sm font-medium" aria-live="polite">
        {t(isDryRun ? 'checked' : 'taken', { accepted, known, refused })}
      </p>
      <PlainTable caption={t('title')} heads={columns.map((id) => ({ id, label: t(`column.${id}`) }))}>
        {rows.map((row) => (
          <ImportRow key={row.row} row={row} />
        ))}
      </PlainTable>
    </div>
  )
}

function ImportRow({ row }: { row: ImportedRow }) {
  const t = useTranslations('newRequest.list')
  const requests = useTranslations('erasure')
  const refusal = useRefusal()
  return (
    <Row>
      <RowHead>{row.row}</RowHead>
      <Cell label={t('column.outcome')}>
        <span className={row.outcome === 'REFUSED' ? 'font-medium text-danger' : ''}>
          {t(`outcome.${row.outcome}`)}
        </span>
      </Cell>
      <Cell label={t('column.detail')}>
        {row.request ? (
          <TextLink href={`/requests/${encodeURIComponent(row.request.id)}`}>
            {requests('request', { number: row.request.number })}
          </TextLink>
        ) : null}
        {row.message ? (
          <span>
            {row.field ? <code className="mr-1 text-xs">{row.field}</code> : null}
            {refusal({ code: row.code, message: row.message })}
          </span>
        ) : null}
      </Cell>
    </Row>
  )
}
