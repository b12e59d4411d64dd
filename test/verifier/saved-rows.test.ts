import { createHash, sign } from 'node:crypto'
import { canonicalJson, encodeVerifier, exportKey } from '@lethe/ledger'
import { parseTrustRoots, verifyEvidence } from '@lethe/verifier'
import { describe, expect, it } from 'vitest'
import { smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { findingsOf, READ_AT } from './rework.js'

const tenantId = smallSigner.name.split('/').at(-1) ?? ''
const key = exportKey('the secret of a gateway, long enough', 'lethe.test')
const logs = smallBundle([]).trust
const trust = `${logs}export ${encodeVerifier(key)}\n`
const type = 'application/vnd.lethe.export-manifest+json'

const head = { format: 'lethe-export/v1', of: 'audits', tenantId, exportedAt: '2026-03-11T12:00:00.000Z' }
const rows = Array.from({ length: 12 }, (_, at) => ({ id: `row-${at}`, verdict: 'PASS', report: { auc: at / 12 } }))
const text = (value: object): string => `${canonicalJson({ ...value })}\n`
const written = [head, ...rows].map(text)
const sha256 = (bytes: string): Buffer => createHash('sha256').update(bytes).digest()

/** As docs/uploads-and-exports.md has it, written a second time. */
function manifestOf(lines: readonly string[], change: Record<string, unknown> = {}, signer = key): string {
  const marks = Buffer.concat(lines.map((line) => sha256(line).subarray(0, 6))).toString('base64')
  const said = { ...head, rows: lines.length - 1, sha256: sha256(lines.join('')).toString('hex'), lines: marks }
  const payload = Buffer.from(canonicalJson({ ...said, ...change }))
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload])
  const sig = sign(null, signed, signer.privateKey).toString('base64')
  const signatures = [{ keyid: `${signer.name}+${signer.id}`, sig }]
  return text({ manifest: { payload: payload.toString('base64'), payloadType: type, signatures } })
}
const manifest = manifestOf(written)

async function judge(file: string, roots = trust, at = READ_AT) {
  const { report } = await verifyEvidence(Buffer.from(file), { trust: await parseTrustRoots(roots), at })
  return report
}
async function faultsOf(file: string, roots = trust, at = READ_AT): Promise<(string | number)[]> {
  const report = await judge(file, roots, at)
  return [report.exitCode, ...findingsOf(report).map(({ code, where }) => `${code} ${where}`)]
}
const whole = (lines: readonly string[]): string => lines.join('')

describe('an export of rows', () => {
  it('verifies offline under the reader’s key, and says of what and of whom it is', async () => {
    const report = await judge(whole([...written, manifest]))
    expect([report.exitCode, findingsOf(report)]).toEqual([0, []])
    expect(report.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['rows', 'verified'],
      ['rows-signature', 'verified'],
      ['times', 'verified'],
    ])
    expect(report.checks[0]?.sentence).toContain(`12 rows of audits of the tenant ${tenantId}`)
    expect(report.limits).toContain('rows-not-in-log')
    expect(await faultsOf(whole([...written.slice(0, 1), manifestOf(written.slice(0, 1))]))).toEqual([0])
  })

  it.each<[string, string, (string | number)[]]>([
    [
      'a row changed',
      whole([...written.with(3, written[3]?.replace('PASS', 'FAIL') ?? ''), manifest]),
      [4, 'ROW_CHANGED line 4'],
    ],
    [
      'two rows changed',
      whole([...written.with(3, '{}\n').with(7, '{"x":1}\n'), manifest]),
      [4, 'ROW_CHANGED line 4', 'ROW_CHANGED line 8'],
    ],
    [
      'rows exchanged',
      whole([...written.with(2, written[5] ?? '').with(5, written[2] ?? ''), manifest]),
      [4, 'ROW_CHANGED line 3', 'ROW_CHANGED line 6'],
    ],
    ['rows left out', whole([...written.toSpliced(5, 2), manifest]), [4, 'ROWS_MISSING line 6']],
    ['the last row left out', whole([...written.slice(0, -1), manifest]), [4, 'ROWS_MISSING line 13']],
    ['a row twice', whole([...written.toSpliced(5, 0, written[4] ?? ''), manifest]), [4, 'ROWS_ADDED line 6']],
    ['a row behind the manifest', whole([...written, manifest, written[1] ?? '']), [4, 'ROWS_ADDED line 15']],
    ['cut off between lines', whole(written.slice(0, 6)), [6, 'ROWS_CUT line 6']],
    ['cut off in a line', whole(written.slice(0, 6)).slice(0, -9), [6, 'ROWS_CUT line 6']],
    [
      'cut off, with a line that is none',
      whole([...written.slice(0, 3), '{"a": 1}\n', ...written.slice(4, 6)]),
      [4, 'ROWS_CUT line 6', 'ENTRY_MALFORMED line 4'],
    ],
    ['cut off in the manifest', whole([...written, manifest.slice(0, -20)]), [6, 'ROWS_CUT line 14']],
    ['a manifest that is none', whole([...written, '{"manifest":{}}\n']), [4, 'ENVELOPE_MALFORMED line 14']],
    ['another count', whole([...written, manifestOf(written, { rows: 11 })]), [4, 'ROWS_MISCOUNTED line 14']],
    [
      'another digest',
      whole([...written, manifestOf(written, { sha256: 'a'.repeat(64) })]),
      [4, 'ROWS_DIGEST_DIFFERS line 14'],
    ],
    ['another head than signed', whole([...written, manifestOf(written, { of: 'clocks' })]), [4, 'ROW_CHANGED line 1']],
  ])('names the line: %s', async (_what, file, faults) => {
    expect(await faultsOf(file)).toEqual(faults)
  })

  it('is not believed by the key of somebody else, of a tenant that the reader does not know, or from the future', async () => {
    const stranger = exportKey('another secret, of another gateway', 'lethe.test')
    const theirs = whole([...written, manifestOf(written, {}, stranger)])
    expect(await faultsOf(theirs)).toEqual([4, 'KEY_UNTRUSTED line 14'])
    const namesOurs = manifestOf(written, {}, { ...stranger, id: key.id })
    expect(await faultsOf(whole([...written, namesOurs]))).toEqual([4, 'SIGNATURE_INVALID line 14'])
    expect(await faultsOf(whole([...written, manifest]), logs)).toEqual([6, 'EXPORT_KEY_NOT_GIVEN line 14'])
    const other = [text({ ...head, tenantId: 'b'.repeat(36) }), ...written.slice(1)]
    const foreign = whole([...other, manifestOf(other, { tenantId: 'b'.repeat(36) })])
    expect(await faultsOf(foreign)).toEqual([4, 'TENANT_UNTRUSTED line 1'])
    expect(await faultsOf(whole([...written, manifest]), trust, new Date('2026-03-10'))).toEqual([
      4,
      'TIME_IN_FUTURE line 1',
    ])
    // A key of a log is no key of exports.
    const misused = trust.replace('export ', 'log ')
    expect((await faultsOf(whole([...written, manifest]), misused))[0]).toBe(6)
  })

  it('notices every byte that is changed', async () => {
    const bytes = Buffer.from(whole([...written, manifest]))
    const roots = await parseTrustRoots(trust)
    for (let at = 0; at < bytes.length; at += 41) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      const { report } = await verifyEvidence(flipped, { trust: roots, at: READ_AT })
      expect([at, report.exitCode]).not.toEqual([at, 0])
    }
  })

  it('of another version or without its head is refused', async () => {
    const newer = whole([text({ ...head, format: 'lethe-export/v2' }), ...written.slice(1), manifest])
    expect(await judge(newer)).toMatchObject({ exitCode: 4, refusal: { code: 'FORMAT_UNKNOWN' } })
    const more = whole([text({ ...head, note: 1 }), ...written.slice(1), manifest])
    expect(await judge(more)).toMatchObject({ exitCode: 4, refusal: { code: 'MANIFEST_MALFORMED' } })
  })
})
