import { createHash } from 'node:crypto'
import { DomainError, isDomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { shape } from '../../graphql/node.js'
import { shapeErasureRequest } from './erasure.shape.js'
import { ErasureImport, ErasureImportRow, type ImportOutcome } from './erasure-import.types.js'
import { type CsvRow, intakeOf, readCsvRows } from './read-csv-rows.js'
import { checkIntake, takeIn } from './request-erasure.js'

export interface ImportErasures {
  readonly idempotencyKey: string
  readonly csv: string
  readonly dryRun: boolean
}

/**
 * Takes a list of requests in, row by row: each is taken in wholly or not at all, and bad ones stop no other. A row that
 * was taken in before under the same key gives the request that it made then, so that a mended list can be sent again.
 *
 * @throws DomainError CSV_MALFORMED, CSV_HEAD_INVALID, CSV_TOO_LONG, IDEMPOTENCY_KEY_INVALID
 */
export async function importErasures(scope: Scope, input: ImportErasures): Promise<ErasureImport> {
  const rows = readCsvRows(input.csv)
  const results: ErasureImportRow[] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    const digest = digestOf(row)
    const first = seen.get(digest)
    seen.set(digest, first ?? row.number)
    results.push(first === undefined ? await importRow(scope, input, row, digest) : repeated(row, first))
  }
  const count = (...outcomes: ImportOutcome[]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length
  return shape(ErasureImport, {
    isDryRun: input.dryRun,
    accepted: count('TAKEN_IN', 'VALID'),
    known: count('KNOWN'),
    refused: count('REFUSED'),
    rows: results,
  })
}

const digestOf = ({ number: _, ...cells }: CsvRow): string =>
  createHash('sha256').update(JSON.stringify(cells)).digest('hex')

const rowOf = (row: CsvRow, outcome: ImportOutcome, more: Partial<ErasureImportRow> = {}): ErasureImportRow =>
  shape(ErasureImportRow, { row: row.number, outcome, code: null, field: null, message: null, request: null, ...more })

const repeated = (row: CsvRow, first: number): ErasureImportRow =>
  rowOf(row, 'REFUSED', { code: 'ROW_REPEATED', message: `The same as row ${first}; leave one of them out.` })

async function importRow(
  scope: Scope,
  { idempotencyKey, dryRun }: ImportErasures,
  row: CsvRow,
  digest: string,
): Promise<ErasureImportRow> {
  const { tenantId, viewer, db, loaders } = scope
  const key = createHash('sha256').update(`${idempotencyKey} ${digest}`).digest('hex')
  try {
    const where = { tenantId_userId_key: { tenantId, userId: viewer.userId, key } }
    const earlier = await db.idempotencyKey.findUnique({ where })
    const intake = intakeOf(row)
    if (earlier === null && dryRun) {
      await checkIntake(db, scope, intake, scope.now())
      return rowOf(row, 'VALID')
    }
    const id =
      earlier?.resultId ??
      (await runOnce(scope, 'requestErasure', { idempotencyKey: key, ...intake }, (tx, now) =>
        takeIn(tx, scope, intake, now),
      ))
    const request = await loaders.erasureRequest.load(id)
    const outcome = earlier === null ? 'TAKEN_IN' : 'KNOWN'
    return rowOf(row, outcome, { request: request && shapeErasureRequest(request) })
  } catch (error) {
    if (!isDomainError(error)) throw error
    return rowOf(row, 'REFUSED', refusalOf(error))
  }
}

const columns: Readonly<Record<string, string>> = {
  'input.selection.subjectKey': 'subject_key',
  'input.selection.contentIds': 'content_id',
  'input.selection': 'content_id',
  'input.ground': 'ground',
  'input.receivedAt': 'received_at',
  'input.statuteId': 'statute',
}

const refusalOf = ({ code, message, field }: DomainError) => ({
  code,
  message,
  field: field === undefined ? null : (columns[field] ?? field),
})
