import { AuditPolicy, auditPolicyDigest, commitToForgetSet, type EvidenceEntry, sha256 } from '@lethe/domain'
import { auditReportText, signerFromSeed } from '@lethe/ledger'
import { beforeAll, describe, expect, it } from 'vitest'
import { exitCodes, gravities, type FindingCode } from '../../libs/verifier/src/report/finding.js'
import { signBody } from '../../libs/ledger/src/signing/envelope.js'
import { smallAudit, type SmallAudit } from '../kit/bundle/small-audit.js'
import { smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { type Recorded, smallCase } from '../kit/bundle/small-case.js'
import { ids, opening } from '../kit/bundle/small-case-things.js'
import {
  edited,
  type Files,
  findingsOf,
  jsonBytes,
  jsonOf,
  packed,
  sealed,
  told,
  unpacked,
  verified,
} from './rework.js'

let good: SmallAudit
let residual: SmallAudit
let audits: SmallAudit[]
let history: Recorded[]
let files: Files
let trust: string
beforeAll(async () => {
  ;[good, residual] = await Promise.all([smallAudit('retrained'), smallAudit('original')])
  audits = [residual, good]
  history = smallCase(audits)
  files = await unpacked(audits)
  trust = smallBundle(audits).trust
})

const otherPolicy = AuditPolicy.parse({ version: 1, views: 5, resamples: 200, aucMargin: 0.4 })
const without = (kind: EvidenceEntry['kind'], only?: number) => edited(history, kind, () => null, only)
const moved = (kind: EvidenceEntry['kind'], to: (rest: readonly Recorded[]) => number): Recorded[] => {
  const entry = history.find((each) => each.entry.kind === kind) as Recorded
  const rest = history.filter((each) => each !== entry)
  const at = to(rest)
  return [...rest.slice(0, at), entry, ...rest.slice(at)]
}
const indexOf = (rest: readonly Recorded[], kind: EvidenceEntry['kind']) =>
  rest.findIndex(({ entry }) => entry.kind === kind)
const path = (kind: string): string => [...files.keys()].find((each) => each.includes(kind)) ?? ''
const changed = (name: string, change: (value: Record<string, unknown>) => object): Uint8Array =>
  packed(sealed(new Map([...files, [name, jsonBytes(change(jsonOf(files, name)))]])))
const replaced = (name: string, bytes: Uint8Array | string): Uint8Array =>
  packed(sealed(new Map([...files, [name, Buffer.from(bytes)]])))
const dropped = (name: string): Uint8Array => packed(sealed(new Map([...files].filter(([each]) => each !== name))))
const bodyOf = (name: string): string => Buffer.from(String(jsonOf(files, name)['payload']), 'base64').toString()
const resaid = (name: string, from: string, to: string): Uint8Array =>
  replaced(name, jsonBytes(signBody(bodyOf(name).replace(from, to), smallSigner)))

/** What a platform that holds every key might do, each with what must be found. Every code has a case, here or below. */
const lies: readonly (readonly [what: string, code: FindingCode, made: () => Uint8Array])[] = [
  ['lists a file that is not there', 'FILE_MISSING', () => packed(new Map([...sealed(files)].filter(([each]) => each !== 'log/checkpoint')))],
  ['adds a file, even listed', 'FILE_STRAY', () => replaced('trust.txt', trust)],
  ['changes a file', 'FILE_CHANGED', () => packed(new Map([...files, ['VERIFY.txt', Buffer.from('run this')]]))],
  ['leaves its signature out', 'SIGNATURE_MISSING', () => packed(new Map([...files].filter(([each]) => each !== 'manifest.sig')))],
  ['signs one thing and shows another', 'SIGNATURE_INVALID', () => changed(path('erasure-approved'), (envelope) => ({ ...envelope, payload: jsonOf(files, [...files.keys()].filter((each) => each.includes('erasure-approved'))[1] ?? '')['payload'] }))],
  ['writes an envelope with a member more', 'ENVELOPE_MALFORMED', () => changed(path('erasure-requested'), (envelope) => ({ ...envelope, note: 1 }))],
  ['adds a member to a statement', 'STATEMENT_MALFORMED', () => resaid(path('identity-verified'), '"verifiedBy"', '"note":1,"verifiedBy"')],
  ['writes a statement with spaces', 'STATEMENT_MALFORMED', () => resaid(path('identity-verified'), ',', ', ')],
  ['files a statement under another kind', 'STATEMENT_MISPLACED', () => replaced(path('identity-verified').replace('identity-verified', 'run-ended'), files.get(path('identity-verified')) ?? '')],
  ['gives no proofs', 'PROOFS_MALFORMED', () => replaced('log/proofs.json', '{}')],
  ['leaves a proof out', 'PROOF_MISSING', () => changed('log/proofs.json', (proofs) => ({ ...proofs, entries: (proofs['entries'] as object[]).slice(1) }))],
  ['removes a statement', 'PROOF_STRAY', () => dropped(path('erasure-blocked') || path('cost-recorded'))],
  ['changes a statement that was logged', 'LEAF_MISMATCH', () => resaid(path('erasure-requested'), '"forgetCount":96', '"forgetCount":95')],
  ['shows a statement that was never logged', 'ROOT_MISMATCH', () => resaid(path('erasure-requested'), '"forgetCount":96', '"forgetCount":95')],
  ['gives no head', 'CHECKPOINT_MALFORMED', () => replaced('log/checkpoint', 'x')],
  ['gives a head of another size', 'CHECKPOINT_MISMATCH', () => packed(sealed(files, smallSigner, { logSize: 21 }))],
  ['leaves the request out', 'REQUEST_MISSING', () => told(without('erasure-requested/v1'), audits)],
  ['gives the request another number', 'REQUEST_MISMATCH', () => told(edited(history, 'erasure-requested/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, number: 2 } })), audits)],
  ['does not close the request', 'REQUEST_OPEN', () => told(without('erasure-closed/v1'), audits)],
  ['counts an audit that is not there', 'AUDIT_MISSING', () => told(without('audit-completed/v1', 1), [good])],
  ['renumbers the second audit to hide the first', 'AUDIT_LIST_DIFFERS', () => told(edited(without('audit-completed/v1', 1), 'audit-completed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, number: 1 } })), [good])],
  ['gives two audits one number', 'AUDIT_REPEATED', () => told(edited(history, 'audit-completed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, number: 1 } })), audits)],
  ['leaves the matrices out', 'AUDIT_FILE_MISSING', () => dropped('audits/1/matrices.safetensors')],
  ['adds the report of an audit that is not on record', 'AUDIT_FILE_STRAY', () => replaced('audits/3/report.json', files.get('audits/2/report.json') ?? '')],
  ['swaps two reports', 'AUDIT_FILE_DIFFERS', () => replaced('audits/1/report.json', files.get('audits/2/report.json') ?? '')],
  ['has no plan', 'PLAN_MISSING', () => told(without('erasure-planned/v1'), audits)],
  ['plans after the audit', 'PLAN_LATE', () => told(moved('erasure-planned/v1', (rest) => indexOf(rest, 'audit-completed/v1') + 2), audits)],
  ['plans by one policy and judges by another', 'POLICY_CHANGED', () => told(edited(history, 'erasure-planned/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, policy: otherPolicy, policyDigest: auditPolicyDigest(otherPolicy) } })), audits)],
  ['registers a digest that is not the policy’s', 'POLICY_DIGEST_WRONG', () => told(edited(history, 'erasure-planned/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, policy: otherPolicy } })), audits)],
  ['begins with one approval', 'APPROVALS_MISSING', () => told(without('erasure-approved/v1', 2), audits)],
  ['has one person approve twice', 'APPROVALS_MISSING', () => told(edited(history, 'erasure-approved/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, approvedBy: sha256('one') } })), audits)],
  ['audits a version that was not planned', 'AUDIT_UNPLANNED', () => told(edited(history, 'audit-completed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, before: ids.unlearned } })), audits)],
  ['gives no report', 'REPORT_MALFORMED', () => replaced('audits/1/report.json', '{}')],
  ['edits the verdict everywhere but in the scores', 'REPORT_DIFFERS', () => told(smallCase([withVerdict(residual)]), [withVerdict(residual)])],
  ['edits a figure of one test', 'REPORT_DIFFERS', () => told(smallCase([withFigure(good)]), [withFigure(good)])],
  ['keeps no scores', 'REPORT_NOT_REPEATABLE', () => told(smallCase([good]), [{ ...good, data: undefined as unknown as Uint8Array }])],
  ['keeps scores that are none', 'AUDIT_DATA_MALFORMED', () => told(smallCase([withData(good)]), [withData(good)])],
  ['says in the statement what the report does not', 'STATEMENT_DIFFERS', () => told(edited(history, 'audit-completed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, verdict: 'PASS' } }), 1), audits)],
  ['writes a kinder page than the report', 'PAGE_DIFFERS', () => replaced('audits/1/report.en.html', String(files.get('audits/1/report.en.html')).replace(/<h1>[^<]*/, '<h1>Nothing was found'))],
  ['names no form on a page', 'PAGE_DIFFERS', () => replaced('audits/1/report.ja.html', 'PASS')],
  ['shows other matrices', 'MATRICES_DIFFER', () => replaced('audits/2/matrices.safetensors', files.get('audits/1/matrices.safetensors') ?? '')],
  ['closes a request whose model still remembers', 'VERDICT_RESIDUAL', () => told(smallCase([good, residual]).filter(({ entry }) => entry.kind !== 'erasure-blocked/v1'), [good, residual])],
  ['has no clock', 'CLOCK_MISSING', () => told(without('clock-changed/v1'), audits)],
  ['stops a clock that never started', 'CLOCK_MALFORMED', () => told(without('clock-changed/v1', 1), audits)],
  ['counts by another law in the end', 'CLOCK_RULE_CHANGED', () => told(edited(history, 'clock-changed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, timeZone: 'Asia/Tokyo' } }), 2), audits)],
  ['states a later due date', 'DUE_DATE_DIFFERS', () => told(edited(history, 'clock-changed/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, dueAt: '2026-05-02T22:00:00.000Z' } })), audits)],
  ['says when it was received otherwise than the clock', 'DUE_DATE_DIFFERS', () => told(edited(history, 'erasure-requested/v1', (entry) => ({ ...entry, predicate: { ...entry.predicate, receivedAt: '2026-03-05T09:00:00.000Z' } })), audits)],
  ['assesses nothing', 'CLOSURE_MISSING', () => told(without('closure-assessed/v1'), audits)],
  ['assesses after closing', 'CLOSURE_LATE', () => told(moved('closure-assessed/v1', (rest) => rest.length), audits)],
  ['leaves something uncovered', 'NOT_COVERED', () => told(edited(history, 'closure-assessed/v1', (entry) => ({ ...entry, predicate: { items: entry.predicate.items.map((item) => ({ ...item, state: 'NOT_COVERED' as const })) } })), audits)],
  ['destroys without a receipt', 'RECEIPT_MISSING', () => told(without('data-deleted/v1'), audits)],
  ['forgets to assess what it planned to erase', 'THING_UNASSESSED', () => told(edited(history, 'closure-assessed/v1', (entry) => ({ ...entry, predicate: { items: entry.predicate.items.slice(1) } })), audits)],
  ['swaps weights', 'WEIGHTS_DIFFER', () => told(edited(history, 'audit-completed/v1', (entry) => ({ ...entry, subjects: entry.subjects.map((each) => (each.name.endsWith('/weights') ? { ...each, digest: { sha256: sha256('other weights') } } : each)) })), audits)],
  ['says nothing of how the model was made', 'MODEL_STATEMENT_MISSING', () => told(without('model-unlearned/v1'), audits)],
  ['signs no model', 'MODEL_SIGNATURE_MALFORMED', () => replaced(`models/${ids.unlearned}.sig`, '{}')],
  ['leaves a model signature out', 'MODEL_SIGNATURE_MISSING', () => dropped(`models/${ids.unlearned}.sig`)],
  ['shows the signature of another model', 'MODEL_FILES_DIFFER', () => replaced(`models/${ids.unlearned}.sig`, files.get(`models/${ids.original}.sig`) ?? '')],
  ['leaves the bill of materials out', 'BOM_MISSING', () => dropped('bom/ml-bom.cdx.json')],
  ['gives a bill of materials that is none', 'BOM_MALFORMED', () => replaced('bom/ml-bom.cdx.json', '[]')],
  ['names other weights in the bill of materials', 'BOM_DIFFERS', () => replaced('bom/ml-bom.cdx.json', JSON.stringify({ bomFormat: 'CycloneDX', components: [{ hashes: [{ alg: 'SHA-256', content: sha256('other') }] }] }))],
  ['records in the future', 'TIME_IN_FUTURE', () => told(history.map(({ entry }) => ({ entry, at: new Date('2027-01-01') })), audits)],
  ['records after the bundle was made', 'TIME_DISORDERED', () => told(history.map(({ entry }) => ({ entry, at: new Date('2026-03-20') })), audits)],
] // prettier-ignore

/** The report with a verdict of the platform's liking, in all that is signed. */
const withVerdict = (audit: SmallAudit): SmallAudit => ({ ...audit, report: { ...audit.report, verdict: 'PASS' } })
const withData = (audit: SmallAudit): SmallAudit => ({
  ...audit,
  data: audit.matrices,
  report: { ...audit.report, data: audit.report.matrices },
})
const withFigure = (audit: SmallAudit): SmallAudit => ({
  ...audit,
  report: {
    ...audit.report,
    tests: audit.report.tests.map((test) =>
      test.id === 'A4-residual-membership' ? { ...test, effect: { ...test.effect, value: 0.5 } } : test,
    ),
  },
})

describe('a platform that holds every key', () => {
  it.each(lies)('and %s is found out: %s', async (_, code, made) => {
    const report = await verified(made(), { trust })
    expect(findingsOf(report).map((found) => found.code)).toContain(code)
    expect(report.exitCode).not.toBe(0)
    // The gravest finding decides.
    const all = findingsOf(report).map((found) => exitCodes[gravities[found.code]])
    expect(report.exitCode).toBe([4, 6, 5, 2].find((exit) => all.includes(exit as 2 | 4 | 5 | 6)))
  })

  it('names the test whose figure it edited', async () => {
    const report = await verified(told(smallCase([withFigure(good)]), [withFigure(good)]), { trust })
    expect(report.checks.find(({ id }) => id === 'statistics')?.sentence).toContain('A4-residual-membership')
  })
})

it('is believed where it tells the truth, in each of the ways that a request can end', async () => {
  const ends = async (...made: SmallAudit[]) => (await verified(smallBundle(made).bytes, { trust })).exitCode
  expect(await ends(good)).toBe(0)
  expect(await ends(residual, good)).toBe(0)
  // Blocked, and so open: incomplete is graver than residual.
  expect(await ends(residual)).toBe(6)
  expect(await ends()).toBe(6)
})

it('says what an audit said that did not pass, when the request was turned down after it', async () => {
  const shunning = await smallAudit('overForgotten')
  for (const [audit, exit, outcome] of [
    [residual, 5, 'residual'],
    [shunning, 5, 'over-forgotten'],
  ] as const) {
    const closed = smallCase([good]).filter(({ entry }) =>
      ['erasure-closed/v1', 'clock-changed/v1'].includes(entry.kind),
    )
    const turnedDown = [
      ...smallCase([audit]).filter(({ entry }) => entry.kind !== 'erasure-blocked/v1'),
      ...edited(closed.slice(1), 'erasure-closed/v1', (entry) => ({
        ...entry,
        predicate: { ...entry.predicate, outcome: 'REJECTED', audits: [{ number: 1, verdict: audit.report.verdict }] },
      })),
    ]
    expect(await verified(told(turnedDown, [audit]), { trust })).toMatchObject({ exitCode: exit, outcome })
  }
})

it('opens to whoever has the salt, and to nobody else', async () => {
  const { bytes } = smallBundle(audits)
  const { salt, subjectKey, forgetSet } = opening
  const own = { salt, subjectKey, contentIds: forgetSet.contentIds, forgetSetDigest: null }
  /** What the platform can still give once it has erased the content ids. */
  const erased = { ...own, contentIds: null, forgetSetDigest: forgetSet.digest }
  for (const right of [own, erased])
    expect(await verified(bytes, { trust, opening: right })).toMatchObject({ exitCode: 0 })
  for (const wrong of [
    { ...own, salt: Buffer.alloc(32, 1) },
    { ...own, subjectKey: 'somebody else' },
    { ...own, contentIds: own.contentIds.slice(1) },
    { ...erased, forgetSetDigest: 'ab'.repeat(32) },
  ]) {
    const report = await verified(bytes, { trust, opening: wrong })
    expect([report.exitCode, findingsOf(report)[0]?.code]).toEqual([4, 'OPENING_DIFFERS'])
  }
  expect(commitToForgetSet(opening.salt, opening.forgetSet.digest)).toMatch(/^[0-9a-f]{64}$/)
  expect(auditReportText(good.report)).not.toContain(opening.forgetSet.digest)
})

it('computes with no scores but those that a trusted key signed', async () => {
  const stranger = signerFromSeed(smallSigner.name, Buffer.alloc(32, 9))
  const report = await verified(told(history, audits, stranger), { trust })
  expect(report.checks.find(({ id }) => id === 'matrices')?.outcome).toBe('skipped')
  const statistics = report.checks.find(({ id }) => id === 'statistics')
  expect([statistics?.outcome, statistics?.findings[0]?.code]).toEqual(['tampered', 'KEY_UNTRUSTED'])
})

it('has a lie for everything that can be found', () => {
  // Some of entries or rows alone, in saved-entries.test.ts and saved-rows.test.ts.
  const elsewhere: FindingCode[] = [
    'ENTRIES_ABSENT',
    'ENTRY_MALFORMED',
    'EXPORT_CUT',
    'EXPORT_DISORDERED',
    'EXPORT_KEY_NOT_GIVEN',
    'PROOF_NOT_ASKED',
    'TREE_MISMATCH',
    'ENTRY_DISORDERED',
    'ENTRY_MISSING',
    'ENTRY_REPEATED',
    'KEY_UNTRUSTED',
    'MODEL_KEY_NOT_GIVEN',
    'OPENING_DIFFERS',
    'ROTATION_CONTRADICTED',
    'ROWS_ADDED',
    'ROWS_CUT',
    'ROWS_DIGEST_DIFFERS',
    'ROWS_MISCOUNTED',
    'ROWS_MISSING',
    'ROW_CHANGED',
    'TENANT_UNTRUSTED',
    'VERDICT_INCONCLUSIVE',
    'VERDICT_OVER_FORGOTTEN',
    'WITNESS_ABSENT',
  ]
  expect([...new Set([...lies.map(([, code]) => code), ...elsewhere])].sort()).toEqual(Object.keys(gravities).sort())
})
