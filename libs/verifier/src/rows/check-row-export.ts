import { checkEnvelope } from '../bundle/envelope.js'
import { isLater } from '../checks/check-times.js'
import { sha256Hex } from '../crypto/digest.js'
import { canonicalText, parseCanonicalJson } from '../encoding/canonical-json.js'
import { endsWithNewline } from '../encoding/json-lines.js'
import type { EntryReader } from '../entries/check-entries.js'
import { type CheckResult, finding, type Finding } from '../report/finding.js'
import { markOf, type RowExport, type SignedManifest } from './read-row-export.js'

/** Every line is the one that the manifest marks, in its place, and all of them together have its digest. */
export async function checkRows(of: RowExport): Promise<CheckResult> {
  const { head, lines, manifest, lastLine, stray } = of
  const facts = { rows: Math.max(0, lines.length - 1), of: head.of, tenant: head.tenantId }
  const where = `line ${lastLine}`
  if (manifest === null) return { findings: [finding('ROWS_CUT', where), ...findMalformed(lines)], facts }
  if (manifest === 'malformed') return { findings: [finding('ENVELOPE_MALFORMED', where)], facts }
  const { said, marks } = manifest
  const digests = await Promise.all(lines.map((line) => sha256Hex(line)))
  const findings = compareLines(digests.map(markOf), marks)
  if (stray > 0) findings.push(finding('ROWS_ADDED', `line ${lastLine + 1}`, stray))
  if (said.rows !== marks.length - 1) findings.push(finding('ROWS_MISCOUNTED', where, said.rows))
  const isSame = (await sha256Hex(...lines)) === said.sha256
  if (!isSame && findings.length === 0) findings.push(finding('ROWS_DIGEST_DIFFERS', where))
  if (findings.length === 0 && !repeatsHead(of, manifest)) findings.push(finding('ROW_CHANGED', 'line 1'))
  return { findings, facts }
}

/** What stands between the two lists of marks, each at the first line where it shows. */
function compareLines(found: readonly string[], said: readonly string[]): Finding[] {
  const at = said.findIndex((mark, index) => mark !== found[index])
  const first = at === -1 ? said.length : at
  const missing = said.length - found.length
  if (missing === 0)
    return found.flatMap((mark, index) => (mark === said[index] ? [] : [finding('ROW_CHANGED', `line ${index + 1}`)]))
  const where = `line ${first + 1}`
  return missing > 0 ? [finding('ROWS_MISSING', where, missing)] : [finding('ROWS_ADDED', where, -missing)]
}

const repeatsHead = ({ lines }: RowExport, { said }: SignedManifest): boolean => {
  const { rows: _rows, sha256: _digest, lines: _marks, ...head } = said
  return new TextDecoder().decode(lines[0]) === `${canonicalText(head)}\n`
}

/** Of a file that no manifest speaks for, the form is all that can be looked at. What was cut off has none. */
function findMalformed(lines: readonly Uint8Array[]): Finding[] {
  return lines.flatMap((line, index) => {
    if (!endsWithNewline(line)) return []
    const value = parseCanonicalJson(line.subarray(0, -1))
    return typeof value === 'object' && value !== null ? [] : [finding('ENTRY_MALFORMED', `line ${index + 1}`)]
  })
}

/** Signed by a key of exports that the reader trusts, and of a tenant whose log the reader trusts. */
export async function checkRowSignature(of: RowExport, { trust }: EntryReader): Promise<CheckResult> {
  const { manifest, lastLine, head } = of
  if (manifest === null || manifest === 'malformed') return { findings: [], isSkipped: true }
  const where = `line ${lastLine}`
  const named = manifest.envelope.signatures.map(({ keyid }) => keyid).join(', ')
  const facts = { key: named }
  if (trust.exports.length === 0) return { findings: [finding('EXPORT_KEY_NOT_GIVEN', where)], facts }
  const state = await checkEnvelope(manifest.envelope, trust.exports)
  const findings: Finding[] = []
  if (state === 'untrusted') findings.push(finding('KEY_UNTRUSTED', where, named))
  if (state === 'invalid') findings.push(finding('SIGNATURE_INVALID', where, named))
  if (!trust.logs.some(({ name }) => name.endsWith(`/log/${head.tenantId}`)))
    findings.push(finding('TENANT_UNTRUSTED', 'line 1', head.tenantId))
  return { findings, facts }
}

export const checkRowTimes = ({ head }: RowExport, { at }: EntryReader): CheckResult => ({
  findings: isLater(Date.parse(head.exportedAt), at) ? [finding('TIME_IN_FUTURE', 'line 1', head.exportedAt)] : [],
})
