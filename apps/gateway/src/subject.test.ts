import { commitToForgetSet, commitToSubject, forgetSetBytes, predicateIn, sha256, type ContentId } from '@lethe/domain'
import { statementLeafHash } from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { hex, seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let tenant: TestTenant
let data: SeededData

beforeAll(async () => {
  rig = await startGatewayRig()
  tenant = await rig.createTenant('acme')
  data = await seedModel(rig, tenant, 'acme')
})
afterAll(() => rig.stop())

let keys = 0
const idempotencyKey = (): string => `subject-${(keys += 1)}`

async function mutate(role: TestRole, document: string, input: object) {
  const { data: answer, errors } = await rig.graphql(tenant.tokens[role], document, { input })
  if (errors) throw new Error(JSON.stringify(errors))
  return Object.values(answer ?? {})[0] as Record<string, unknown>
}

const request = () =>
  mutate(
    'data_owner',
    `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) {
      ... on ErasureRequest { id subjectCommitment forgetSetCommitment } ... on UserError { code } } }`,
    { idempotencyKey: idempotencyKey(), ground: 'Art. 17', selection: { subjectKey: data.subjectKey } },
  )
const reject = (erasureRequestId: unknown) =>
  mutate(
    'privacy_officer',
    `mutation ($input: ErasureDecisionInput!) { rejectErasure(input: $input) { __typename ... on UserError { code } } }`,
    { idempotencyKey: idempotencyKey(), erasureRequestId, reason: 'Turned down.' },
  )
const shred = (selection: object, key = idempotencyKey()) =>
  mutate(
    'privacy_officer',
    `mutation ($input: ShredSubjectInput!) { shredSubject(input: $input) {
      __typename ... on EvidenceEntry { seq kind body } ... on UserError { code message } } }`,
    { idempotencyKey: key, ...selection },
  )
const open = (role: TestRole, id: unknown) =>
  rig.graphql(
    tenant.tokens[role],
    `query ($id: ID!) { erasureOpening(erasureRequestId: $id) {
      salt subjectKey subjectCommitment forgetSetDigest forgetSetCommitment contentIds } }`,
    { id },
  )

interface Opening {
  salt: string
  subjectKey: string
  subjectCommitment: string
  forgetSetDigest: string
  forgetSetCommitment: string
  contentIds: string[]
}

const evidence = () => rig.sql('SELECT seq, kind, body, payload, leaf_hash FROM evidence ORDER BY seq')
/** The table of salts as it lies in the file. */
async function saltFile(): Promise<Buffer> {
  await rig.sql('CHECKPOINT')
  const [row] = await rig.sql("SELECT pg_read_binary_file(pg_relation_filepath('subject_salt')) AS bytes")
  return row?.['bytes'] as Buffer
}

describe('the commitments of a request', () => {
  it('open to the person and the pictures with the salt, which the data owner and the privacy officer get', async () => {
    const received = await request()
    for (const role of ['data_owner', 'privacy_officer'] as const) {
      const opening = (await open(role, received['id'])).data?.['erasureOpening'] as Opening
      const salt = Buffer.from(opening.salt, 'hex')
      expect(salt).toHaveLength(32)
      expect(opening.contentIds).toEqual([...data.contentIds].sort())
      expect(sha256(forgetSetBytes(opening.contentIds as ContentId[]))).toBe(opening.forgetSetDigest)
      expect(commitToForgetSet(salt, opening.forgetSetDigest)).toBe(received['forgetSetCommitment'])
      expect(commitToSubject(salt, data.subjectKey)).toBe(received['subjectCommitment'])
      // Negative control: another salt opens nothing.
      expect(commitToSubject(Buffer.alloc(32, 1), data.subjectKey)).not.toBe(received['subjectCommitment'])
    }
    for (const role of ['tenant_owner', 'engineer', 'auditor'] as const)
      expect((await open(role, received['id'])).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    const [requested] = (await evidence()).flatMap(({ payload }) => predicateIn('erasure-requested/v1', payload) ?? [])
    expect(requested?.subjectCommitment).toBe(received['subjectCommitment'])
    await reject(received['id'])
  })
})

describe('shredding', () => {
  it('is refused while a request is open, for strangers to the tenant, and without one clear selection', async () => {
    const { id } = await request()
    expect(await shred({ subjectKey: data.subjectKey })).toMatchObject({ code: 'SUBJECT_HAS_OPEN_REQUEST' })
    expect(await shred({ subjectKey: 'nobody' })).toMatchObject({ code: 'UNKNOWN_SUBJECT' })
    expect(await shred({ ownerId: 'no id' })).toMatchObject({ code: 'UNKNOWN_SUBJECT' })
    expect(await shred({})).toMatchObject({ code: 'SELECTION_INVALID' })
    expect(await shred({ subjectKey: data.subjectKey, ownerId: data.ownerId })).toMatchObject({
      code: 'SELECTION_INVALID',
    })
    await reject(id)
  })

  it('destroys the salt, in the table’s file too; what is on record stays as it was and opens to nobody', async () => {
    const { id, subjectCommitment } = await request()
    const { salt } = (await open('privacy_officer', id)).data?.['erasureOpening'] as Opening
    await reject(id)
    const before = await evidence()
    expect((await saltFile()).includes(Buffer.from(salt, 'hex'))).toBe(true)
    const key = idempotencyKey()
    const shredded = await shred({ ownerId: data.ownerId }, key)
    expect(shredded).toMatchObject({ __typename: 'EvidenceEntry', kind: 'subject-shredded/v1' })
    expect(await shred({ ownerId: data.ownerId }, key)).toEqual(shredded)
    expect((await saltFile()).includes(Buffer.from(salt, 'hex'))).toBe(false)

    const after = await evidence()
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after).toHaveLength(before.length + 1)
    for (const { body, leaf_hash: leaf } of after) expect(statementLeafHash(body as string)).toEqual(leaf)
    expect(predicateIn('subject-shredded/v1', after.at(-1)?.['payload'])?.subjectCommitment).toBe(subjectCommitment)

    expect((await open('privacy_officer', id)).errors?.[0]?.extensions['code']).toBe('SUBJECT_SHREDDED')
    expect(await shred({ ownerId: data.ownerId })).toMatchObject({ code: 'SUBJECT_SHREDDED' })
  })

  it('leaves the person free to ask again, under a salt that opens nothing older', async () => {
    const [older] = await rig.sql('SELECT id, subject_commitment FROM erasure_request ORDER BY number DESC LIMIT 1')
    const again = await request()
    expect(again['subjectCommitment']).toMatch(/^[0-9a-f]{64}$/)
    expect(again['subjectCommitment']).not.toBe(older?.['subject_commitment'])
    expect((await open('data_owner', again['id'])).errors).toBeUndefined()
    expect((await open('data_owner', older?.['id'])).errors?.[0]?.extensions['code']).toBe('SUBJECT_SHREDDED')
  })

  it('no login can choose a salt, or put another in the place of one', async () => {
    const client = rig.gateway.services.db.forTenant(tenant.id)
    const choose = (salt: string, shreddedAt: string) =>
      client.$executeRawUnsafe(
        `UPDATE subject_salt SET salt = ${salt}, shredded_at = ${shreddedAt} WHERE owner_id = '${data.ownerId}'`,
      )
    await expect(choose("decode(repeat('ab', 32), 'hex')", 'NULL')).rejects.toThrow(/destroyed before/)
    await choose('NULL', 'now()')
    await choose("decode(repeat('ab', 32), 'hex')", 'NULL')
    const [row] = await rig.sql('SELECT salt FROM subject_salt WHERE owner_id = $1', [data.ownerId])
    expect((row?.['salt'] as Buffer).toString('hex')).not.toBe('ab'.repeat(32))
    await expect(
      client.$executeRawUnsafe(
        `INSERT INTO subject_salt (tenant_id, owner_id, salt) VALUES ('${tenant.id}', '${data.ownerId}', '\\x00')`,
      ),
    ).rejects.toThrow(/permission denied/)
    await expect(client.$executeRawUnsafe('DELETE FROM subject_salt')).rejects.toThrow(/permission denied/)
  })
})

it('evidence holds no content id, no digest of a forget set, and no key of a person, plain or hashed', async () => {
  const [{ digest } = {}] = await rig.sql('SELECT forget_digest AS digest FROM erasure_request LIMIT 1')
  const secrets = [...data.contentIds, digest as string, data.subjectKey, hex(data.subjectKey), data.ownerId]
  const leaks = (bodies: readonly string[]) => secrets.filter((secret) => bodies.some((body) => body.includes(secret)))
  const bodies = (await evidence()).map(({ body }) => body as string)
  expect(bodies.length).toBeGreaterThan(5)
  expect(leaks(bodies)).toEqual([])
  // Negative control.
  expect(leaks([...bodies, `{"planted":"${hex(data.subjectKey)}"}`])).toEqual([hex(data.subjectKey)])
})

it('numbers the entries of each request from 1 without a gap', async () => {
  const rows = await rig.sql('SELECT request_id, payload FROM evidence WHERE request_id IS NOT NULL ORDER BY seq')
  const byRequest = new Map<string, number[]>()
  for (const { request_id: id, payload } of rows) {
    const { predicate } = payload as { predicate: { recorded: { requestEntry: number } } }
    byRequest.set(id as string, [...(byRequest.get(id as string) ?? []), predicate.recorded.requestEntry])
  }
  expect(byRequest.size).toBeGreaterThan(3)
  for (const numbers of byRequest.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})
