import { createHash } from 'node:crypto'
import type { EvidenceEntry } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { signStatement, verifyEnvelope } from '../signing/envelope.js'
import { signerFromSeed } from '../signing/log-key.js'
import { assertNoPersonalData } from './personal-data.js'
import { parseStatement, statementLeafHash, statementOf } from './statement.js'

const refusal = (code: string, field?: string) =>
  expect.objectContaining(field === undefined ? { code } : { code, field }) as Error

const context = {
  tenantId: '0190b2f4-0000-7000-8000-000000000001',
  recordedAt: new Date('2026-02-03T04:05:06.789Z'),
  requestEntry: 4,
}
const erasureRequestId = '0190b2f4-0000-7000-8000-0000000000aa'
const versionId = '0190b2f4-0000-7000-8000-0000000000bb'
const digest = { sha256: 'ab'.repeat(32) }
const approved: EvidenceEntry = {
  kind: 'erasure-approved/v1',
  subjects: [{ name: 'plan', digest }],
  predicate: { approval: 1, required: 2, approvedBy: 'cd'.repeat(32), role: 'tenant_owner' },
  erasureRequestId,
}
const promoted: EvidenceEntry = {
  kind: 'model-promoted/v1',
  subjects: [{ name: `model-version/${versionId}`, digest }],
  predicate: { modelId: versionId, modelVersionId: versionId, replaces: null, decidedBy: 'policy' },
}
const body = statementOf(approved, context)
const ofNoRequest = { ...context, requestEntry: undefined }

/** An entry with a predicate that no compiler would let pass. */
const withPredicate = (predicate: object): EvidenceEntry => ({ ...approved, predicate }) as EvidenceEntry

describe('statements', () => {
  it('are canonical in-toto, down to the byte', () => {
    expect(body).toBe(
      '{"_type":"https://in-toto.io/Statement/v1","predicate":{"approval":1,"approvedBy":"' +
        'cd'.repeat(32) +
        '","recorded":{"at":"2026-02-03T04:05:06.789Z","erasureRequestId":"0190b2f4-0000-7000-8000-0000000000aa",' +
        '"requestEntry":4,"tenantId":"0190b2f4-0000-7000-8000-000000000001"},"required":2,"role":"tenant_owner"},' +
        '"predicateType":"https://lethe.dev/evidence/erasure-approved/v1","subject":[{"digest":{"sha256":"' +
        'ab'.repeat(32) +
        '"},"name":"plan"}]}',
    )
  })
  it('do not depend on the order in which members were written', () => {
    const { role, approvedBy, required, approval } = approved.predicate
    expect(statementOf({ ...approved, predicate: { role, required, approvedBy, approval } }, context)).toBe(body)
  })
  it('come back as the entry they were made of', () => {
    const { kind, subjects, predicate, recorded } = parseStatement(body)
    expect({ kind, subjects, predicate, erasureRequestId: recorded.erasureRequestId }).toEqual(approved)
    expect(recorded).toMatchObject({ tenantId: context.tenantId, at: '2026-02-03T04:05:06.789Z', requestEntry: 4 })
  })
  it('about no file are about their request, or their tenant', () => {
    const ofRequest = parseStatement(statementOf({ ...approved, subjects: [] }, context)).subjects
    const urn = `urn:uuid:${erasureRequestId}`
    expect(ofRequest).toEqual([{ name: urn, digest: { sha256: createHash('sha256').update(urn).digest('hex') } }])
    const ofTenant = parseStatement(statementOf({ ...promoted, subjects: [] }, ofNoRequest)).subjects
    expect(ofTenant[0]?.name).toBe(`urn:uuid:${context.tenantId}`)
  })
  it('have the leaf hash SHA-256(0x00 ‖ UTF-8 of the body)', () => {
    const finding: EvidenceEntry = {
      kind: 'auditor-finding/v1',
      subjects: [],
      predicate: { number: 1, severity: 'note', statement: 'ü€ 忘 \u2028', auditor: 'cd'.repeat(32) },
      erasureRequestId,
    }
    const text = statementOf(finding, context)
    expect(statementLeafHash(text)).toEqual(createHash('sha256').update('\0').update(text, 'utf8').digest())
  })
  it('leave out members that are undefined, as JSON does', () => {
    expect(statementOf(withPredicate({ ...approved.predicate, absent: undefined }), context)).toBe(body)
  })
  it('of a request have a number inside it, and others none', () => {
    expect(() => statementOf(approved, ofNoRequest)).toThrow(
      refusal('STATEMENT_MALFORMED', 'predicate.recorded.requestEntry'),
    )
    expect(parseStatement(statementOf(promoted, context)).recorded).not.toHaveProperty('requestEntry')
    const numbered = statementOf(promoted, ofNoRequest).replace('"tenantId"', '"requestEntry":1,"tenantId"')
    expect(() => parseStatement(numbered)).toThrow(refusal('STATEMENT_MALFORMED', 'predicate.recorded.requestEntry'))
  })

  it.each([
    ['NaN', { loss: NaN }, 'predicate.loss'],
    ['infinity', { deep: [{ loss: Infinity }] }, 'predicate.deep.0.loss'],
    ['a date', { at: new Date(0) }, 'predicate.at'],
    ['a big integer', { n: 1n }, 'predicate.n'],
    ['bytes', { bytes: Buffer.alloc(2) }, 'predicate.bytes'],
    ['half a surrogate pair', { text: '\ud83d' }, 'predicate.text'],
    ['an undefined array item', { list: [undefined] }, 'predicate.list.0'],
    ['a function', { f: () => 1 }, 'predicate.f'],
    ['the reserved member', { recorded: {} }, 'predicate.recorded'],
  ])('refuse %s and name where it is', (_, predicate, field) => {
    expect(() => statementOf(withPredicate(predicate), context)).toThrow(refusal('STATEMENT_MALFORMED', field))
  })
  it('refuse what is nested without end', () => {
    const loop: Record<string, unknown> = {}
    let inner = loop
    for (let depth = 0; depth < 100; depth++) inner = inner['in'] = {}
    expect(() => statementOf(withPredicate(loop), context)).toThrow(refusal('STATEMENT_MALFORMED'))
  })
  it.each([
    ['a member that the kind does not have', { ...approved.predicate, extra: 1 }, 'predicate'],
    ['a member missing', { approval: 1, required: 2, role: 'tenant_owner' }, 'predicate.approvedBy'],
    ['a value of another type', { ...approved.predicate, approval: 'one' }, 'predicate.approval'],
    ['a commitment that is none', { ...approved.predicate, approvedBy: 'ada' }, 'predicate.approvedBy'],
  ])('refuse a predicate with %s', (_, predicate, field) => {
    expect(() => statementOf(withPredicate(predicate), context)).toThrow(refusal('STATEMENT_MALFORMED', field))
  })
  it('refuse members that a schema would fill in or leave out somewhere deep', () => {
    const trained = (steps: object[]): EvidenceEntry =>
      ({
        kind: 'clock-changed/v1',
        subjects: [],
        erasureRequestId,
        predicate: {
          statuteId: 'gdpr-12-3',
          ruleVersion: 1,
          timeZone: 'Europe/Berlin',
          holidays: [],
          event: null,
          state: 'RUNNING',
          dueAt: '2026-03-03T22:59:59.999Z',
          steps,
        },
      }) as unknown as EvidenceEntry
    expect(parseStatement(statementOf(trained([{ code: 'due', day: '2026-03-03' }]), context)).kind).toBe(
      'clock-changed/v1',
    )
    expect(() => statementOf(trained([{ code: 'due', day: '2026-03-03', note: 'why' }]), context)).toThrow(
      refusal('STATEMENT_MALFORMED', 'predicate'),
    )
  })
  it('refuse a subject without a real digest', () => {
    const subjects = [{ name: 'model', digest: { sha256: 'abc' } }]
    expect(() => statementOf({ ...approved, subjects }, context)).toThrow(
      refusal('STATEMENT_MALFORMED', 'subject.0.digest.sha256'),
    )
  })

  it.each([
    ['name', { name: 'A' }, 'predicate.name'],
    ['an e-mail member', { owner: { email: 'x' } }, 'predicate.owner.email'],
    ['a subject key, however it is spelled', { Subject_Key: 'x' }, 'predicate.Subject_Key'],
    ['a subject key deep inside', { items: [{ who: [{ subjectKey: 'x' }] }] }, 'predicate.items.0.who.0.subjectKey'],
    ['an e-mail address in a harmless member', { reason: 'asked by ada@example.org today' }, 'predicate.reason'],
    ['an e-mail address as a member', { approvals: { 'ada@example.org': true } }, 'predicate.approvals'],
    ['an address', { ipAddress: '192.0.2.1' }, 'predicate.ipAddress'],
  ])('refuse personal data: %s', (_, predicate, field) => {
    expect(() => statementOf(withPredicate(predicate), context)).toThrow(refusal('PERSONAL_DATA', field))
  })
  it('never repeat personal data in the refusal', () => {
    expect(() => statementOf(withPredicate({ reason: 'ada@example.org' }), context)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('ada') as string }) as Error,
    )
  })
  it('let pass what only looks a little like it', () => {
    const predicate = { label: 'after', id: 'A9-utility', codeVersion: 'tfjs@4.22.0', device: 'cpu', recipient: null }
    expect(() => assertNoPersonalData(predicate)).not.toThrow()
  })

  it.each([
    ['a space', body.replace('{', '{ ')],
    ['members in another order', body.replace(/^\{("_type":"[^"]+"),(.*)\}$/, '{$2,$1}')],
    ['a member twice', body.replace('"role"', '"role":"engineer","role"')],
    ['a number written otherwise', body.replace('"required":2', '"required":2.0')],
    ['an unknown kind', body.replace('erasure-approved/v1', 'erasure-approved/v9')],
    ['the predicate of another kind', body.replace('erasure-approved/v1', 'erasure-closed/v1')],
    ['a foreign type', body.replace('Statement/v1', 'Statement/v0.1')],
    ['a member that in-toto lacks', body.replace('{"_type"', '{"_extra":1,"_type"')],
    ['no context', body.replace('"recorded"', '"recordeD"')],
    ['its end cut', body.slice(0, -1)],
    ['nothing', ''],
  ])('are refused on reading with %s', (_, changed) => {
    expect(changed).not.toBe(body)
    expect(() => parseStatement(changed)).toThrow(refusal('STATEMENT_MALFORMED'))
  })
})

describe('envelopes', () => {
  const key = signerFromSeed('lethe.test/statements', Buffer.alloc(32, 3))
  const stranger = signerFromSeed('lethe.test/statements', Buffer.alloc(32, 4))
  const envelope = signStatement(body, key)

  it('give the statement back under a trusted key', () => {
    const stored: unknown = JSON.parse(JSON.stringify(envelope))
    expect(verifyEnvelope(stored, [stranger, key])).toEqual({ body, statement: parseStatement(body) })
  })
  it('are refused under any other key', () => {
    expect(() => verifyEnvelope(envelope, [stranger])).toThrow(refusal('UNTRUSTED'))
    expect(() => verifyEnvelope(envelope, [])).toThrow(refusal('UNTRUSTED'))
  })
  const payload = Buffer.from(body.replace('tenant_owner', 'engineer')).toString('base64')
  const [line] = envelope.signatures
  it.each([
    ['another payload', { ...envelope, payload }, 'SIGNATURE_INVALID'],
    [
      'a stranger’s signature under our hint',
      { ...envelope, signatures: [{ ...line, sig: signStatement(body, stranger).signatures[0]?.sig }] },
      'SIGNATURE_INVALID',
    ],
    ['an empty signature', { ...envelope, signatures: [{ ...line, sig: '' }] }, 'SIGNATURE_INVALID'],
    ['another payload type', { ...envelope, payloadType: 'application/json' }, 'ENVELOPE_MALFORMED'],
    ['loose base64', { ...envelope, payload: `${envelope.payload} ` }, 'ENVELOPE_MALFORMED'],
    ['no signature', { ...envelope, signatures: [] }, 'ENVELOPE_MALFORMED'],
    ['too many signatures', { ...envelope, signatures: Array(17).fill(line) }, 'ENVELOPE_MALFORMED'],
    ['nothing', null, 'ENVELOPE_MALFORMED'],
  ])('with %s are refused', (_, changed, code) => {
    expect(() => verifyEnvelope(changed, [key])).toThrow(refusal(code))
  })
  it('are not made around what is no statement', () => {
    expect(() => signStatement('{}', key)).toThrow(refusal('STATEMENT_MALFORMED'))
  })
})
