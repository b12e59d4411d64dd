import { ContentId, DomainError, StatuteId } from '@lethe/domain'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { readInstant } from '../../graphql/instant.js'
import type { Intake } from './request-erasure.js'

const mostRows = 1000
const names = ['subject_key', 'content_id', 'ground', 'received_at', 'statute'] as const
type Column = (typeof names)[number]

/** A row as it stands in the file; the head is row 1. */
export type CsvRow = { readonly number: number } & Readonly<Record<Column, string>>

/** @throws DomainError CSV_MALFORMED, CSV_HEAD_INVALID, CSV_TOO_LONG */
export function readCsvRows(csv: string): CsvRow[] {
  const rows = parseCsv(csv)
  const [head = [], ...body] = rows
  const columns = head.map((name) => name.trim().toLowerCase())
  const unknown = columns.find((name) => !(names as readonly string[]).includes(name))
  const isTwice = new Set(columns).size !== columns.length
  if (unknown !== undefined || isTwice || !(columns.includes('subject_key') || columns.includes('content_id')))
    throw new DomainError(
      'CSV_HEAD_INVALID',
      `The first line names the columns, each once: ${names.join(', ')}; subject_key or content_id must be among them.`,
      'input.csv',
    )
  if (body.length === 0)
    throw new DomainError('CSV_HEAD_INVALID', 'There is no row below the head; add one for each request.', 'input.csv')
  if (body.length > mostRows)
    throw new DomainError('CSV_TOO_LONG', `Send at most ${mostRows} rows at once.`, 'input.csv')
  return body.map((cells, index) => ({
    number: index + 2,
    ...(Object.fromEntries(names.map((name) => [name, cells[columns.indexOf(name)]?.trim() ?? ''])) as Record<
      Column,
      string
    >),
  }))
}

function parseCsv(csv: string): string[][] {
  try {
    return parse(csv, { bom: true, skip_empty_lines: true, relax_column_count_less: true, max_record_size: 16_384 })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new DomainError('CSV_MALFORMED', `The text is no CSV (RFC 4180): ${error.message}.`, 'input.csv')
  }
}

/** @throws DomainError naming the column of the first cell that is wrong */
export function intakeOf(row: CsvRow): Intake {
  const { subject_key: subjectKey, content_id: contentId, ground } = row
  const statute = row.statute === '' ? null : read(StatuteId, row.statute, 'statute')
  const receivedAt = row.received_at === '' ? null : readReceived(row.received_at)
  const selection =
    contentId === ''
      ? { subjectKey }
      : {
          contentIds: [read(ContentId, contentId.toLowerCase(), 'content_id')],
          ...(subjectKey === '' ? {} : { ofSubject: subjectKey }),
        }
  if (contentId === '' && subjectKey === '')
    throw new DomainError('SELECTION_INVALID', 'Name a subject_key or a content_id.', 'subject_key')
  return { selection, ground, receivedAt, statuteId: statute }
}

const hints = {
  statute: `must be one of ${StatuteId.options.join(', ')}, or empty for the tenant's own`,
  content_id: 'must be a SHA-256 in hex (64 characters)',
} as const

function read<T>(schema: z.ZodType<T>, value: string, column: keyof typeof hints): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new DomainError('CELL_INVALID', `${column} ${hints[column]}.`, column)
}

/** A day is its first instant in UTC. */
function readReceived(text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const instant = readInstant(isDay ? `${text}T00:00:00Z` : text)
  if (instant !== null) return instant
  throw new DomainError(
    'CELL_INVALID',
    'received_at must be a day (2026-01-31) or an instant with a zone (2026-01-31T09:00:00Z).',
    'received_at',
  )
}
