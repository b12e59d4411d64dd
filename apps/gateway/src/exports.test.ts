import { execFile } from 'node:child_process'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { newId } from '@lethe/db'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { seedModel } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let requestId: string
beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  const data = await seedModel(rig, acme, 'acme')
  const asked = await rig.graphql(
    acme.tokens.data_owner,
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { input: { idempotencyKey: newId(), ground: 'Art. 17', selection: { subjectKey: 'subject-acme' } } },
  )
  requestId = (asked.data?.['requestErasure'] as { id: string }).id
  // More than one batch of each.
  await rig.sql(
    `INSERT INTO run (id, tenant_id, kind, task)
     SELECT gen_random_uuid(), $1, 'pretrain', '{"secret": "task"}' FROM generate_series(1, 401)`,
    [acme.id],
  )
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report)
     SELECT gen_random_uuid(), $1, $2, $3, number, gen_random_uuid(), $4, $4, 'PASS', '{"verdict":"PASS"}'
     FROM generate_series(1, 41) number`,
    [acme.id, requestId, newId(), data.modelVersionId],
  )
})
afterAll(() => rig.stop())

interface Export {
  status: number
  text: string
  rows: Record<string, unknown>[]
}

async function take(of: string, role: TestRole | null, query = ''): Promise<Export> {
  const response = await fetch(`${rig.url}/v1/exports/${of}${query}`, {
    headers: role === null ? {} : { authorization: `Bearer ${acme.tokens[role]}` },
  })
  const text = await response.text()
  const lines = response.ok ? text.trimEnd().split('\n') : []
  return { status: response.status, text, rows: lines.slice(1, -1).map((line) => JSON.parse(line) as never) }
}

/** What whoever was given the key finds; null where the file is not as it was signed. */
async function check(text: string): Promise<Record<string, unknown> | null> {
  const pem = await (await fetch(`${rig.url}/v1/exports/key.pem`)).text()
  const end = text.trimEnd().lastIndexOf('\n') + 1
  const { manifest } = JSON.parse(text.slice(end)) as {
    manifest?: { payload: string; payloadType: string; signatures: { sig: string }[] }
  }
  if (manifest === undefined) return null
  const payload = Buffer.from(manifest.payload, 'base64')
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${manifest.payloadType.length} ${manifest.payloadType} ${payload.length} `),
    payload,
  ])
  const sig = Buffer.from(manifest.signatures[0]?.sig ?? '', 'base64')
  const said = JSON.parse(payload.toString()) as Record<string, unknown>
  const digest = createHash('sha256').update(text.slice(0, end)).digest('hex')
  return verify(null, signed, createPublicKey(pem), sig) && said['sha256'] === digest ? said : null
}

it.each([
  ['erasure-requests', 'privacy_officer', 1],
  ['audits', 'engineer', 41],
  ['clocks', 'tenant_owner', 1],
  ['runs', 'engineer', 401],
] as const)('%s come whole, once each, under a manifest that is signed', async (of, role, count) => {
  const { status, text, rows } = await take(of, role)
  expect([status, rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([200, count, count])
  expect(await check(text)).toMatchObject({ format: 'lethe-export/v1', of, tenantId: acme.id, rows: count })
})

it('negative control: a line that is changed, missing or added, and a file that was cut off, show', async () => {
  const { text } = await take('audits', 'engineer')
  const lines = text.trimEnd().split('\n')
  const file = (changed: string[]) => check(`${changed.join('\n')}\n`)
  expect(await file(lines)).not.toBeNull()
  expect(await file(lines.with(1, (lines[1] ?? '').replace('PASS', 'FAIL')))).toBeNull()
  expect(await file(lines.toSpliced(5, 1))).toBeNull()
  expect(await file(lines.toSpliced(5, 0, lines[5] ?? ''))).toBeNull()
  expect(await file(lines.slice(0, -1))).toBeNull()
})

it('hold what the same viewer sees in lists, and no more', async () => {
  expect((await take('runs', 'data_owner')).status).toBe(403)
  expect((await take('runs', null)).status).toBe(401)
  expect((await take('erasure-requests', 'data_owner')).rows.map(({ id }) => id)).toEqual([requestId])
  expect((await take('runs', 'engineer')).text).not.toContain('secret')
  expect((await take('erasure-requests', 'privacy_officer')).rows[0]).toMatchObject({ subjectKey: 'subject-acme' })
})

it('take a span of time, and refuse what is none', async () => {
  expect((await take('runs', 'engineer', '?to=2020-01-01T00:00:00Z')).rows).toEqual([])
  const whole = await take('audits', 'engineer', '?from=2020-01-01T00:00:00Z')
  expect([whole.rows.length, await check(whole.text)]).toMatchObject([41, { from: '2020-01-01T00:00:00.000Z' }])
  const wrong = await take('audits', 'engineer', '?from=yesterday')
  expect([wrong.status, JSON.parse(wrong.text)]).toMatchObject([422, { code: 'INVALID_INPUT', field: 'query.from' }])
})

it('are verified with openssl as the page has it, and not when a line was changed', async () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../../docs/uploads-and-exports.md'), 'utf8')
  const script = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].at(-1)?.[1] ?? ''
  const { text } = await take('audits', 'engineer')
  const check = async (file: string) => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'lethe-export-'))
    writeFileSync(path.join(cwd, 'audits.jsonl'), file)
    const env = { ...process.env, GATEWAY: rig.url }
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd, env }).catch(
      (error: { stdout: string }) => error,
    )
    const said = JSON.parse(readFileSync(path.join(cwd, 'payload'), 'utf8')) as { sha256: string }
    rmSync(cwd, { recursive: true })
    return [stdout.includes('Signature Verified Successfully'), stdout.includes(said.sha256)]
  }
  expect(await check(text)).toEqual([true, true])
  expect(await check(text.replace('PASS', 'FAIL'))).toEqual([true, false])
})

it('end without a manifest where the right to them ends while they are read', async () => {
  // More than a connection holds, so that whoever does not read keeps it waiting.
  await rig.sql(
    `INSERT INTO run (id, tenant_id, kind, task, error)
     SELECT gen_random_uuid(), $1, 'pretrain', '{}', jsonb_build_object('message', repeat('x', 50000))
     FROM generate_series(1, 400)`,
    [acme.id],
  )
  const read = async (between: () => Promise<unknown>): Promise<{ text: string; isWhole: boolean }> => {
    const headers = { authorization: `Bearer ${acme.tokens.engineer}` }
    const [answer] = (await once(get(`${rig.url}/v1/exports/runs`, { headers }), 'response')) as [IncomingMessage]
    await once(answer, 'readable')
    await between()
    let text = ''
    answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    await new Promise((resolve) => answer.once('close', resolve).once('error', () => undefined))
    return { text, isWhole: answer.complete }
  }
  const kept = await read(() => Promise.resolve())
  expect([kept.isWhole, (await check(kept.text))?.['rows']]).toEqual([true, 801])

  const viewer = await rig.graphql(acme.tokens.engineer, '{ viewer { id } }')
  const { id: userId } = viewer.data?.['viewer'] as { id: string }
  const ended = await read(async () => {
    const { data } = await rig.graphql(
      acme.tokens.tenant_owner,
      'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { ... on RemovedMember { userId } } }',
      { input: { idempotencyKey: newId(), userId } },
    )
    expect(data).toEqual({ removeMember: { userId } })
  })
  expect(ended.isWhole).toBe(false)
  expect(ended.text.length).toBeGreaterThan(0)
  expect(ended.text).not.toContain('"manifest"')
  expect((await take('runs', 'engineer')).status).toBe(401)
})
