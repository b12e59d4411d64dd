import { isDomainError } from '@lethe/domain'
import { assertCryptography } from './crypto/assert-cryptography.js'
import { checkContents, checkHeads, checkLeaves, checkWitnessesOf, type EntryReader } from './entries/check-entries.js'
import type { LogEntries } from './entries/log-entries.js'
import { readAnswer } from './entries/read-answer.js'
import { isExport, readExport } from './entries/read-export.js'
import type { Opening } from './opening/opening.js'
import {
  type CheckId,
  type CheckResult,
  entryCheckIds,
  entryLimitCodes,
  type LimitCode,
  rowCheckIds,
  rowLimitCodes,
} from './report/finding.js'
import { checkOf, refusedReport, reportOf } from './report/verification-report.js'
import { checkRows, checkRowSignature, checkRowTimes } from './rows/check-row-export.js'
import { isRowExport, readRowExport } from './rows/read-row-export.js'
import { type Verification, verifyBundle } from './verify-bundle.js'

const BRACE = 0x7b
const BRACKET = 0x5b

/**
 * Verifies what was taken home in whatever form: a bundle, an answer of the GraphQL API, or an export of the log or of rows as
 * JSON Lines. Which of them it is, its first bytes say; each is judged by the reader's keys alone, as {@link verifyBundle} does.
 *
 * @throws DomainError CRYPTO_UNAVAILABLE. Whatever the bytes are, they give a report.
 */
export async function verifyEvidence(
  bytes: Uint8Array,
  reader: EntryReader & { opening?: Opening | undefined },
): Promise<Verification> {
  // Spaces may come first where somebody laid an answer out anew.
  const first = bytes.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte))
  if (first !== BRACE && first !== BRACKET) return verifyBundle(bytes, reader)
  await assertCryptography()
  if (isRowExport(bytes)) return orRefused(rowCheckIds, 'rows', () => examineRows(bytes, reader))
  const source = isExport(bytes) ? 'export' : 'answer'
  return orRefused(idsOf(source), source, () =>
    examine(source === 'export' ? readExport(bytes) : readAnswer(bytes), reader),
  )
}

/** A report also where the bytes cannot be read. `at`: the check that reads them. */
async function orRefused(
  ids: readonly CheckId[],
  at: CheckId,
  judge: () => Promise<Verification>,
): Promise<Verification> {
  try {
    return await judge()
  } catch (error) {
    if (!isDomainError(error)) throw error
    const { code, message, field } = error
    const refusal = { code, message, ...(field === undefined ? {} : { where: field }) }
    return { report: refusedReport(ids, at, refusal), contents: null }
  }
}

async function examineRows(bytes: Uint8Array, reader: EntryReader): Promise<Verification> {
  const rows = readRowExport(bytes)
  const checks = [
    checkOf('rows', await checkRows(rows)),
    checkOf('rows-signature', await checkRowSignature(rows, reader)),
    checkOf('times', checkRowTimes(rows, reader)),
  ]
  return { report: reportOf({ checks, limits: rowLimitCodes, auditLimits: [] }), contents: null }
}

/** A file is an answer or an export; the other of these checks has no place in its report. */
const idsOf = (source: LogEntries['source']): CheckId[] =>
  entryCheckIds.filter((id) => id === source || (id !== 'answer' && id !== 'export'))

async function examine(of: LogEntries, reader: EntryReader): Promise<Verification> {
  const { source, entries, heads, findings, isWhole } = of
  const { entries: contents, times } = await checkContents(of, reader)
  const results: Readonly<Partial<Record<CheckId, CheckResult>>> = {
    [source]: {
      findings,
      facts: { entries: entries.length, heads: heads.length, whole: isWhole ? 1 : 0 },
    },
    entries: contents,
    inclusion: await checkLeaves(of),
    checkpoint: await checkHeads(of, reader),
    witnesses: await checkWitnessesOf(of, reader),
    times,
  }
  const checks = idsOf(source).map((id) => checkOf(id, results[id] ?? { findings: [], isSkipped: true }))
  const limits = entryLimitCodes.filter((code: LimitCode) => !(isWhole && code === 'selection'))
  return { report: reportOf({ checks, limits, auditLimits: [] }), contents: null }
}
