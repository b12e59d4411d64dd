import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyOf, type Stage, startStage } from './isolation/stage.js'

let stage: Stage
let path: string
beforeAll(async () => {
  stage = await startStage()
  path = `/v1/evidence/bundles/${stage.things.evidenceBundleId}`
})
afterAll(() => stage.stop())

async function addressOf(token: string, wanted = path): Promise<URL> {
  const response = await stage.rig.post('/v1/downloads', { path: wanted }, token)
  expect(response.status).toBe(201)
  return new URL(((await response.json()) as { url: string }).url)
}

const statusOf = async (url: URL, init: RequestInit = {}): Promise<number> => (await fetch(url, init)).status

it('a signed address gives the file to whoever has no token', async () => {
  const response = await fetch(await addressOf(stage.acme.tokens.auditor))
  expect([response.status, await response.text()]).toEqual([200, 'an archive'])
  expect(await statusOf(await addressOf(await keyOf(stage, stage.acme, 'privacy_officer')))).toBe(200)
})

it('an address is good for one file and one method, and not once a letter of it is changed', async () => {
  const url = await addressOf(stage.acme.tokens.auditor)
  const other = new URL(url)
  other.pathname = `/v1/audits/${stage.things.auditId}/matrices`
  expect(await statusOf(other)).toBe(401)
  expect(await statusOf(url, { method: 'HEAD' })).toBe(401)
  const grant = url.searchParams.get('grant') ?? ''
  for (const at of [0, 20, grant.length - 1]) {
    const changed = new URL(url)
    changed.searchParams.set('grant', grant.slice(0, at) + (grant[at] === 'A' ? 'B' : 'A') + grant.slice(at + 1))
    expect(await statusOf(changed)).toBe(401)
  }
  expect(await statusOf(url)).toBe(200)
})

it("an address shows what the one who asked for it may see, and nothing of another tenant's", async () => {
  expect(await statusOf(await addressOf(stage.rival.tokens.privacy_officer))).toBe(404)
  const weights = `/v1/model-versions/${stage.things.modelVersionId}/weights.safetensors`
  expect(await statusOf(await addressOf(stage.acme.tokens.auditor, weights))).toBe(403)
})

it('an address says nothing of whom it was given to', async () => {
  const grant = (await addressOf(stage.acme.tokens.auditor)).searchParams.get('grant') ?? ''
  expect(Buffer.from(grant, 'base64url').toString('latin1')).not.toMatch(/auditor|acme/)
})

it('an address ends after minutes, and with the membership of whoever asked for it', async () => {
  const [late, removed] = [await addressOf(stage.acme.tokens.auditor), await addressOf(stage.acme.tokens.data_owner)]
  stage.rig.clock.aheadMs += 6 * 60_000
  expect(await statusOf(late)).toBe(401)
  stage.rig.clock.aheadMs -= 6 * 60_000
  expect(await statusOf(removed)).toBe(200)
  const left = await stage.rig.graphql(
    stage.acme.tokens.tenant_owner,
    'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { __typename ... on UserError { code } } }',
    { input: { idempotencyKey: 'leaves', userId: stage.acme.userIds.data_owner } },
  )
  expect(left.data).not.toMatchObject({ removeMember: { __typename: 'UserError' } })
  expect(await statusOf(removed)).toBe(401)
})

it.each(['/v1/evidence/export', '/graphql', '//evil.test/v1/samples/a', '/v1/samples/../../etc', '/v1/audits/a/b?x=1'])(
  'no address is given for %s',
  async (wanted) => {
    const response = await stage.rig.post('/v1/downloads', { path: wanted }, stage.acme.tokens.engineer)
    expect(response.status).toBe(422)
  },
)
