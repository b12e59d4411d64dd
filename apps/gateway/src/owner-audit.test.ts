import { newId } from '@lethe/db'
import { commitToOwnerKey } from '@lethe/domain'
import { encodeVerifier, signerFromSeed, signOwnerAudit } from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownerAuditResultText } from '../../../test/kit/owner-audit.js'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { hex, seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
let data: SeededData
let mine: string
let others: string

const owner = signerFromSeed('lethe-audit-owner', Buffer.alloc(32, 9))
const result = ownerAuditResultText({ before: hex('weights acme'), after: hex('weights of somebody') })
const envelope = signOwnerAudit(result, owner)
const verifierKey = encodeVerifier(owner)

const requestErasure = `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) {
  ... on ErasureRequest { id } ... on UserError { code } } }`
const countersign = `mutation ($input: CountersignOwnerAuditInput!) { countersignOwnerAudit(input: $input) {
  ... on EvidenceEntry { seq kind erasureRequestId body status inclusionProof { treeSize } }
  ... on UserError { code field message } } }`

const request = async (role: TestRole, selection: object) => {
  const input = { idempotencyKey: newId(), ground: 'Art. 17', selection }
  const { data: made } = await rig.graphql(acme.tokens[role], requestErasure, { input })
  return (made?.['requestErasure'] as { id: string }).id
}

type Answer = { seq?: number; body?: string; code?: string; field?: string }

const send = async (token: string, changes: object = {}) => {
  const input = { idempotencyKey: newId(), erasureRequestId: mine, envelope, result, verifierKey, ...changes }
  const { data: answered, errors } = await rig.graphql(token, countersign, { input })
  return { answer: (answered?.['countersignOwnerAudit'] ?? {}) as Answer, errors }
}

const countOf = async () =>
  (await rig.sql("SELECT count(*)::int AS n FROM evidence WHERE kind = 'owner-audit-countersigned/v1'"))[0]?.['n']

beforeAll(async () => {
  rig = await startGatewayRig()
  ;[acme, rival] = await Promise.all([rig.createTenant('acme'), rig.createTenant('rival')])
  data = await seedModel(rig, acme, 'acme')
  mine = await request('data_owner', { subjectKey: 'subject-acme' })
  others = await request('privacy_officer', { contentIds: [data.otherContentIds[0]] })
})
afterAll(() => rig.stop())

describe('an audit of an owner', () => {
  it('is refused, and nothing recorded, when anything about it is not as signed', async () => {
    const other = signerFromSeed('lethe-audit-owner', Buffer.alloc(32, 8))
    for (const [changes, code, field] of [
      [{ result: result.replace('RESIDUAL', 'PASS') }, 'RESULT_MISMATCH', 'input.result'],
      [{ envelope: { ...envelope, payload: 'e30=' } }, 'SIGNATURE_INVALID', 'input.envelope.signatures'],
      [{ envelope: signOwnerAudit(result, other) }, 'UNTRUSTED', 'input.envelope.signatures'],
      [{ verifierKey: encodeVerifier(other) }, 'UNTRUSTED', 'input.envelope.signatures'],
      [{ verifierKey: 'no key' }, 'KEY_MALFORMED', 'input.verifierKey'],
      [{ envelope: 7 }, 'ENVELOPE_MALFORMED', 'input.envelope'],
      [{ erasureRequestId: newId() }, 'NOT_FOUND', 'input.erasureRequestId'],
    ] as const)
      expect((await send(acme.tokens.data_owner, changes)).answer).toMatchObject({ code, field })
    expect(await countOf()).toBe(0)
  })

  it('is for those who may: the owner of the request and the people who answer for it, in this tenant', async () => {
    expect((await send(acme.tokens.data_owner, { erasureRequestId: others })).answer.code).toBe('NOT_FOUND')
    expect((await send(rival.tokens.data_owner)).answer.code).toBe('NOT_FOUND')
    expect((await send(rival.tokens.tenant_owner)).answer.code).toBe('NOT_FOUND')
    for (const role of ['engineer', 'auditor'] as const)
      expect((await send(acme.tokens[role])).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    expect(await countOf()).toBe(0)
  })

  it('goes on record once, with verdict and digests and nothing else, and names the version whose weights it asked', async () => {
    const { answer } = await send(acme.tokens.data_owner)
    expect(answer).toMatchObject({
      kind: 'owner-audit-countersigned/v1',
      erasureRequestId: mine,
      status: 'PENDING',
      inclusionProof: null,
    })
    const { predicate, subject } = JSON.parse(answer.body ?? '') as {
      predicate: Record<string, unknown>
      subject: { name: string; digest: { sha256: string } }[]
    }
    expect(predicate).toMatchObject({
      verdict: 'RESIDUAL',
      resultDigest: hex(result),
      before: data.modelVersionId,
      after: null,
      tests: [{ id: 'A4-residual-membership', optimisedFor: true, outcome: 'not-met' }],
    })
    expect(subject).toContainEqual({ name: 'result.json', digest: { sha256: hex(result) } })
    expect(answer.body).not.toMatch(/example|http:|acme/)
    // The owner's key is named by a commitment under the owner's own salt, not by its digest.
    const [row] = await rig.sql('SELECT salt FROM subject_salt WHERE owner_id = $1', [data.ownerId])
    expect(predicate['ownerKeyCommitment']).toBe(commitToOwnerKey(row?.['salt'] as Buffer, verifierKey))
    expect(answer.body).not.toContain(hex(verifierKey))
    const again = await send(acme.tokens.privacy_officer)
    expect(again.answer.seq).toBe(answer.seq)
    expect(await countOf()).toBe(1)
  })
})
