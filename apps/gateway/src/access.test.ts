import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenAudience, tokenIssuer } from './identity/identity-provider.js'
import { type GatewayRig, password, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let data: SeededData

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
})
afterAll(() => rig.stop())

const viewer = '{ viewer { role } }'

describe('tokens', () => {
  const claims = () => ({ email: 'eve@acme.test', name: 'Eve', tenant: acme.id, role: 'tenant_owner' })
  const forge = (key: Parameters<SignJWT['sign']>[0], alg: string, issuer = tokenIssuer, audience = tokenAudience) =>
    new SignJWT(claims())
      .setProtectedHeader({ alg })
      .setSubject(acme.userIds.tenant_owner)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(key)

  it('accepts its own', async () => {
    expect((await rig.graphql(acme.tokens.auditor, viewer)).data).toEqual({ viewer: { role: 'auditor' } })
  })

  it('refuses what is unsigned, signed by another key or algorithm, changed, or not a token', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const payload = {
      ...claims(),
      sub: acme.userIds.tenant_owner,
      iss: tokenIssuer,
      aud: tokenAudience,
      exp: 2e9,
      iat: 1,
    }
    const [head, body, signature] = acme.tokens.auditor.split('.') as [string, string, string]
    const raised = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
    const forged = [
      `${encoded({ alg: 'none' })}.${encoded(payload)}.`,
      await forge(privateKey, 'EdDSA'),
      await forge(Buffer.from('0123456789abcdef0123456789abcdef'), 'HS256'),
      `${head}.${encoded({ ...raised, role: 'tenant_owner' })}.${signature}`,
      `${head}.${body}.`,
      'nonsense',
    ]
    for (const token of forged) {
      const { status, data: seen, errors } = await rig.graphql(token, viewer)
      expect([status, seen, errors?.[0]?.extensions['code']]).toEqual([401, undefined, 'UNAUTHENTICATED'])
    }
  })

  it('refuses its own once it has expired', async () => {
    rig.clock.aheadMs = 16 * 60_000
    try {
      expect(await rig.graphql(acme.tokens.auditor, viewer)).toMatchObject({ status: 401 })
    } finally {
      rig.clock.aheadMs = 0
    }
  })

  it('does not let strangers sign up, and mounts no other endpoint of the identity provider', async () => {
    const stranger = { email: 'eve@x.test', name: 'Eve', password: 'correct horse battery' }
    for (const path of ['sign-up/email', 'organization/create', 'organization/add-member', 'update-user'])
      expect([path, (await rig.post(`/auth/${path}`, stranger)).status]).toEqual([path, 404])
    expect((await rig.post('/auth/sign-in/email', { email: stranger.email, password: stranger.password })).status).toBe(
      401,
    )
  })
})

describe('signing in', () => {
  const signIn = (headers: Record<string, string>) =>
    fetch(`${rig.url}/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'auditor@acme.test', password }),
    })

  it('is for programs and our own pages, and not for a page from elsewhere', async () => {
    expect((await signIn({})).status).toBe(200)
    expect((await signIn({ origin: rig.url })).status).toBe(200)
    expect((await signIn({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await signIn({ cookie: 'a=b', origin: 'https://evil.example' })).status).toBe(403)
    expect((await signIn({ cookie: 'a=b' })).status).toBe(403)
  })
})

describe('what one request may cost', () => {
  const refused = async (query: string) =>
    (await rig.graphql(acme.tokens.engineer, query)).errors?.[0]?.message ?? 'done'

  it('has a bound for depth, aliases, tokens, breadth, body and batches', async () => {
    const deep = `{ models { edges { node ${'{ productionVersion { model '.repeat(12)} { id } ${'} }'.repeat(12)} } } }`
    expect(await refused(deep)).toMatch(/14 deep/)
    expect(await refused(`{ ${Array.from({ length: 25 }, (_, i) => `a${i}: viewer { id }`).join(' ')} }`)).toMatch(
      /alias/i,
    )
    expect(await refused(`{ viewer { ${'id '.repeat(5000)} } }`)).toMatch(/token/i)
    const page = (inner: string) => `versions(first: 100) { edges { node { ${inner} } } }`
    expect(await refused(`{ models(first: 100) { edges { node { ${page('id number')} } } } }`)).toMatch(
      /may read \d+ fields/,
    )
    expect(await refused('{ __schema { types { name } } }')).toMatch(/introspection/i)
    expect((await rig.post('/graphql', { query: `{ viewer { id } } #${'x'.repeat(1_100_000)}` })).status).toBe(413)
    expect((await rig.post('/graphql', [{ query: viewer }, { query: viewer }])).status).toBe(400)
    expect(await refused('{ datasets(first: 100) { totalCount } }')).toBe('done')
  })

  it('refuses a page of no or too many nodes, and a cursor of another list, naming the argument', async () => {
    const ask = async (args: string) =>
      (await rig.graphql(acme.tokens.engineer, `{ datasets(${args}) { totalCount } }`)).errors?.[0]?.extensions
    expect(await ask('first: 0')).toEqual({ code: 'PAGE_SIZE', field: 'first' })
    expect(await ask('first: 101')).toEqual({ code: 'PAGE_SIZE', field: 'first' })
    expect(await ask('after: "bm9wZQ"')).toEqual({ code: 'CURSOR_INVALID', field: 'after' })
  })

  it('walks a list by its cursors without gap or repeat', async () => {
    const query = `query ($after: String) { datasetVersion(id: "${data.datasetVersionId}") {
      samples(first: 25, after: $after) { edges { node { index } } pageInfo { endCursor hasNextPage } totalCount } } }`
    const seen: number[] = []
    let after: string | null = null
    do {
      const { data: page } = await rig.graphql(acme.tokens.engineer, query, { after })
      const { samples } = page?.['datasetVersion'] as {
        samples: { edges: { node: { index: number } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } }
      }
      seen.push(...samples.edges.map(({ node }) => node.index))
      after = samples.pageInfo.hasNextPage ? samples.pageInfo.endCursor : null
    } while (after !== null)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index))
  })

  it('asks for no simple request that a foreign page could make', async () => {
    const simple = await fetch(`${rig.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query: viewer }),
    })
    expect(simple.status).toBeGreaterThanOrEqual(400)
    expect((await fetch(`${rig.url}/graphql?query=${encodeURIComponent(viewer)}`)).status).toBe(405)
  })

  it('masks an accident behind a correlation id', async () => {
    await rig.sql(`UPDATE dataset_version SET quarantined = '"broken"' WHERE id = $1`, [data.datasetVersionId])
    try {
      const { data: seen, errors } = await rig.graphql(
        acme.tokens.engineer,
        '{ datasets { edges { node { latestVersion { id } } } } }',
      )
      expect(errors?.[0]?.message).toMatch(/on our side/)
      expect(errors?.[0]?.extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        correlationId: expect.any(String) as string,
      })
      expect(JSON.stringify({ seen, errors })).not.toMatch(/zod|invalid_type|node_modules/i)
    } finally {
      await rig.sql(`UPDATE dataset_version SET quarantined = '[]' WHERE id = $1`, [data.datasetVersionId])
    }
  })
})
