import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DnsServer, startDnsServer } from '../../testing/dns-server.js'
import { type GatewayRig, password, startGatewayRig, type TestTenant } from '../../testing/gateway-rig.js'
import { type LyingProvider, startLyingProvider } from '../../testing/lying-provider.js'
import { type OidcIssuer, startOidcIssuer } from '../../testing/oidc-issuer.js'

let rig: GatewayRig
let dns: DnsServer
let acme: TestTenant
let rival: TestTenant
let provider: OidcIssuer
let liar: LyingProvider
let keys = 0

const redirectUri = 'https://portal.lethe.test/api/sso/callback'

beforeAll(async () => {
  dns = await startDnsServer()
  rig = await startGatewayRig({ DNS_SERVERS: [dns.address] })
  ;[acme, rival, provider, liar] = await Promise.all([
    rig.createTenant('acme'),
    rig.createTenant('rival'),
    startOidcIssuer(redirectUri),
    startLyingProvider({ sub: 'engineer', email: 'engineer@rival.test', email_verified: true, name: 'E' }),
  ])
  await registerAndProve(acme, { issuer: provider.issuer, domain: 'acme.test', newcomerRole: 'auditor' })
  await registerAndProve(rival, { issuer: liar.issuer, domain: 'rival.test' })
})
afterAll(async () => {
  await rig.stop()
  await Promise.all([provider.stop(), liar.stop(), dns.stop()])
})

const mutate = async (tenant: TestTenant, field: string, type: string, input: object) => {
  const answered = await rig.graphql(
    tenant.tokens.tenant_owner,
    `mutation ($input: ${type}!) { answer: ${field}(input: $input) { __typename
       ... on SsoProvider { id domain proofName proofValue domainVerifiedAt redirectUri newcomerRole }
       ... on UserError { code field } } }`,
    { input: { idempotencyKey: `k${++keys}`, ...input } },
  )
  expect(answered.errors).toBeUndefined()
  return answered.data?.['answer'] as Record<string, string>
}
const register = (tenant: TestTenant, input: { issuer: string; domain: string; newcomerRole?: string }) =>
  mutate(tenant, 'registerSsoProvider', 'RegisterSsoProviderInput', {
    clientId: 'lethe',
    clientSecret: provider.clientSecret,
    ...input,
  })
const prove = (tenant: TestTenant, ssoProviderId: string) =>
  mutate(tenant, 'verifySsoDomain', 'SsoProviderInput', { ssoProviderId })

async function registerAndProve(tenant: TestTenant, input: Parameters<typeof register>[1]) {
  const made = await register(tenant, input)
  dns.records.set(made['proofName'] ?? '', made['proofValue'] ?? '')
  return prove(tenant, made['id'] ?? '')
}

const post = async (path: string, body: object) => {
  const response = await rig.post(`/auth${path}`, body)
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

/** A browser at the provider: follows redirects with cookies until it is sent back. */
async function visit(url: string): Promise<string> {
  const jar = new Map<string, string>()
  let at = url
  for (let hops = 0; hops < 10; hops++) {
    if (at.startsWith(redirectUri)) return new URL(at).search.slice(1)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    const next = response.headers.get('location')
    if (next === null) throw new Error(`the provider stops: ${response.status} ${await response.text()}`)
    at = new URL(next, at).href
  }
  throw new Error('the provider redirects for ever')
}

const begin = async (email: string) => (await post('/sso/begin', { email })).body as { url: string; binding: string }
const signIn = async (email: string) => {
  const { url, binding } = await begin(email)
  return post('/sso/finish', { query: await visit(url), binding })
}
const ask = async (session: string, query = '{ viewer { email role tenant { slug } } }') => {
  const issued = await fetch(`${rig.url}/auth/token`, { headers: { authorization: `Bearer ${session}` } })
  const { token = null } = (await issued.json().catch(() => ({}))) as { token?: string }
  return (await rig.graphql(token, query)).data?.['viewer']
}

describe('single sign-on', () => {
  it('signs a member in with the role that they have here', async () => {
    provider.person = { sub: 'e1', email: 'engineer@acme.test', email_verified: true, name: 'Eve' }
    const { status, body } = await signIn('engineer@acme.test')
    expect(status).toBe(200)
    expect(await ask(body['token'] ?? '')).toEqual({
      email: 'engineer@acme.test',
      role: 'engineer',
      tenant: { slug: 'acme' },
    })
  })

  it('takes in newcomers of the domain with the role that the owner chose, and once', async () => {
    provider.person = { sub: 'n1', email: 'new@acme.test', email_verified: true, name: 'Nora' }
    for (let i = 0; i < 2; i++) {
      const { body } = await signIn('anybody@acme.test')
      expect(await ask(body['token'] ?? '', '{ viewer { name role } }')).toEqual({ name: 'Nora', role: 'auditor' })
    }
    expect(await rig.sql(`SELECT 1 FROM auth."user" WHERE "email" = 'new@acme.test'`)).toHaveLength(1)
  })

  it('takes in as many as the platform allows, though several come at once, and says that it is full', async () => {
    const [{ count } = { count: 0 }] = await rig.sql(
      'SELECT count(*)::int AS count FROM auth."member" WHERE "organizationId" = $1',
      [acme.id],
    )
    await rig.sql('UPDATE tenant SET max_members = $2 WHERE id = $1', [acme.id, Number(count) + 1])
    const journeys: { query: string; binding: string }[] = []
    for (const name of ['m1', 'm2', 'm3']) {
      provider.person = { sub: name, email: `${name}@acme.test`, email_verified: true }
      const { url, binding } = await begin(`${name}@acme.test`)
      journeys.push({ query: await visit(url), binding })
    }
    const answers = await Promise.all(journeys.map((journey) => post('/sso/finish', journey)))
    const members = await rig.sql('SELECT 1 FROM auth."member" WHERE "organizationId" = $1', [acme.id])
    await rig.sql('UPDATE tenant SET max_members = NULL WHERE id = $1', [acme.id])
    expect(answers.map(({ status, body }) => [status, body['code']]).sort()).toEqual([
      [200, undefined],
      [403, 'QUOTA_MEMBERS'],
      [403, 'QUOTA_MEMBERS'],
    ])
    expect(members).toHaveLength(Number(count) + 1)
  })

  it('lets nobody back in whom an owner removed', async () => {
    provider.person = { sub: 'r1', email: 'removed@acme.test', email_verified: true }
    await signIn('removed@acme.test')
    await rig.sql(
      `DELETE FROM auth."member" m USING auth."user" u WHERE u."id" = m."userId" AND u."email" = 'removed@acme.test'`,
    )
    expect(await signIn('removed@acme.test')).toMatchObject({ status: 403, body: { code: 'SSO_REFUSED' } })
  })

  it('reaches the tenant whose provider it is and no other, whatever the person may do elsewhere', async () => {
    const email = 'tenant_owner@rival.test'
    liar.lie = { claims: { sub: 'o', email } }
    await rig.sql(
      `INSERT INTO auth."member" ("id", "organizationId", "userId", "role", "createdAt") VALUES ('m1', $1, $2, 'tenant_owner', now())`,
      [acme.id, rival.userIds.tenant_owner],
    )
    const { url, binding } = await begin(email)
    const { body } = await post('/sso/finish', { query: liar.comeBack(url), binding })
    const session = { authorization: `Bearer ${body['token'] ?? ''}`, 'content-type': 'application/json' }
    expect(await ask(body['token'] ?? '')).toMatchObject({ tenant: { slug: 'rival' } })
    const tenants = (await (await fetch(`${rig.url}/auth/tenants`, { headers: session })).json()) as object
    expect(JSON.stringify(tenants)).not.toContain(acme.id)
    const change = { method: 'POST', headers: session, body: JSON.stringify({ tenantId: acme.id }) }
    expect((await fetch(`${rig.url}/auth/tenants/active`, change)).status).toBe(404)
    await rig.sql(`UPDATE auth."session" SET "activeOrganizationId" = $1`, [acme.id])
    expect(await ask(body['token'] ?? '')).toMatchObject({ tenant: { slug: 'rival' } })
    // The other way round: by password the same person reaches both.
    const mine = (await post('/sign-in/email', { email, password })).body['token'] ?? ''
    const both = await fetch(`${rig.url}/auth/tenants`, { headers: { authorization: `Bearer ${mine}` } })
    expect(JSON.stringify(await both.json())).toContain(acme.id)
  })

  it('ends for everybody whom a provider signed in when it is removed', async () => {
    const made = await registerAndProve(rival, {
      issuer: provider.issuer,
      domain: 'second.test',
      newcomerRole: 'engineer',
    })
    provider.person = { sub: 's1', email: 's@second.test', email_verified: true }
    const { body } = await signIn('s@second.test')
    expect(await ask(body['token'] ?? '')).toMatchObject({ role: 'engineer' })
    const removed = await rig.graphql(
      rival.tokens.tenant_owner,
      `mutation ($input: SsoProviderInput!) { removeSsoProvider(input: $input) { __typename } }`,
      { input: { idempotencyKey: 'remove', ssoProviderId: made['id'] } },
    )
    expect(removed.data?.['removeSsoProvider']).toEqual({ __typename: 'RemovedSsoProvider' })
    expect(await ask(body['token'] ?? '')).toBeNull()
    expect((await post('/sso/begin', { email: 's@second.test' })).body['code']).toBe('NO_SSO')
  })
})

describe('an issuer that replaces another', () => {
  it('signs nobody in as whom the one before called by the same subject, nor whom an owner removed', async () => {
    const domain = 'moved.test'
    await registerAndProve(rival, { issuer: liar.issuer, domain, newcomerRole: 'engineer' })
    const next = await startLyingProvider({ sub: '1', email: `second@${domain}`, email_verified: true })
    const enter = async (by: LyingProvider, email: string) => {
      by.lie = { claims: { sub: '1', email } }
      const { url, binding } = await begin(email)
      return post('/sso/finish', { query: by.comeBack(url), binding })
    }
    try {
      const first = (await enter(liar, `first@${domain}`)).body['token'] ?? ''
      expect(await ask(first)).toMatchObject({ email: `first@${domain}` })
      await register(rival, { issuer: next.issuer, domain, newcomerRole: 'engineer' })
      expect(await ask(first)).toBeNull()
      const second = (await enter(next, `second@${domain}`)).body['token'] ?? ''
      expect(await ask(second)).toMatchObject({ email: `second@${domain}` })
      // The same issuer again, as when its secret changes, knows its people as before.
      await register(rival, { issuer: next.issuer, domain, newcomerRole: 'engineer' })
      expect(await ask(second)).toMatchObject({ email: `second@${domain}` })
      await rig.sql(
        `DELETE FROM auth."member" m USING auth."user" u WHERE u."id" = m."userId" AND u."email" = 'first@${domain}'`,
      )
      next.lie = { claims: { sub: '2', email: `first@${domain}` } }
      const { url, binding } = await begin(`first@${domain}`)
      const back = await post('/sso/finish', { query: next.comeBack(url), binding })
      expect(back).toMatchObject({ status: 403, body: { code: 'SSO_REFUSED' } })
    } finally {
      await next.stop()
    }
  })
})

describe('what a provider says is refused', () => {
  beforeEach(() => {
    liar.lie = {}
  })
  const attempt = async () => {
    const { url, binding } = await begin('engineer@rival.test')
    return post('/sso/finish', { query: liar.comeBack(url), binding })
  }
  const hour = 3600

  it.each([
    ['for another audience', { claims: { aud: 'somebody else' } }],
    ['as another issuer', { claims: { iss: 'https://accounts.example.com' } }],
    ['with another nonce', { claims: { nonce: 'from another sign-in' } }],
    ['when it has expired', { claims: { exp: Math.floor(Date.now() / 1000) - hour } }],
    ['by a key that it does not publish', { byAnotherKey: true }],
    ['of an address that it has not verified', { claims: { email_verified: false } }],
    ['of an address of another domain', { claims: { email: 'engineer@acme.test' } }],
    ['of an address that only ends like the domain', { claims: { email: 'x@evilrival.test' } }],
    ['of an address with the domain inside', { claims: { email: 'x@rival.test@evil.test' } }],
    ['without an address', { claims: { email: undefined } }],
    [
      'of somebody who was never invited, where newcomers are not taken',
      { claims: { sub: 'z', email: 'z@rival.test' } },
    ],
  ])('%s', async (_, lie) => {
    liar.lie = lie
    expect(await attempt()).toMatchObject({ status: 403, body: { code: 'SSO_REFUSED' } })
    liar.lie = {}
    expect((await attempt()).status).toBe(200)
  })

  it('twice, in another browser, after ten minutes, or under a state that nobody began', async () => {
    const { url, binding } = await begin('engineer@rival.test')
    const query = liar.comeBack(url)
    const other = await begin('engineer@rival.test')
    expect((await post('/sso/finish', { query, binding: other.binding })).status).toBe(403)
    // Consumed by the attempt from the other browser.
    expect((await post('/sso/finish', { query, binding })).status).toBe(403)
    const good = await begin('engineer@rival.test')
    const goodQuery = liar.comeBack(good.url)
    expect((await post('/sso/finish', { query: goodQuery, binding: good.binding })).status).toBe(200)
    expect((await post('/sso/finish', { query: goodQuery, binding: good.binding })).status).toBe(403)
    const late = await begin('engineer@rival.test')
    rig.clock.aheadMs = 11 * 60_000
    try {
      expect((await post('/sso/finish', { query: liar.comeBack(late.url), binding: late.binding })).status).toBe(403)
    } finally {
      rig.clock.aheadMs = 0
    }
    expect((await post('/sso/finish', { query: 'code=x&state=made-up', binding })).status).toBe(403)
  })

  it('and the code is worth nothing without the verifier, which only we know (PKCE)', async () => {
    const { url, binding } = await begin('engineer@rival.test')
    const challenge = new URL(url).searchParams.get('code_challenge')
    await post('/sso/finish', { query: liar.comeBack(url), binding })
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(liar.seen.codeVerifier ?? ''))
    expect(Buffer.from(digest).toString('base64url')).toBe(challenge)
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256')
  })
})

describe('a domain', () => {
  it('signs nobody in before DNS says that it is the tenant’s', async () => {
    const made = await register(acme, { issuer: provider.issuer, domain: 'unproven.test' })
    expect(made).toMatchObject({ domainVerifiedAt: null, redirectUri, proofName: '_lethe-sign-in.unproven.test' })
    expect(await prove(acme, made['id'] ?? '')).toMatchObject({ code: 'DOMAIN_UNPROVEN' })
    dns.records.set('_lethe-sign-in.unproven.test', 'lethe-domain=of somebody else')
    expect(await prove(acme, made['id'] ?? '')).toMatchObject({ code: 'DOMAIN_UNPROVEN' })
    expect((await post('/sso/begin', { email: 'a@unproven.test' })).body['code']).toBe('NO_SSO')
  })

  it('whose DNS servers never answer holds nobody else up', async () => {
    const made = await register(acme, { issuer: provider.issuer, domain: 'silent.test' })
    dns.isSilent = true
    try {
      // More at once than the gateway has connections to its database.
      const proofs = Array.from({ length: 20 }, () => prove(acme, made['id'] ?? ''))
      const others = rig.graphql(rival.tokens.engineer, '{ datasets { totalCount } }')
      expect(await Promise.race([...proofs, others])).toEqual(await others)
      dns.isSilent = false
      for (const proof of await Promise.all(proofs)) expect(proof).toMatchObject({ code: 'DOMAIN_UNPROVEN' })
    } finally {
      dns.isSilent = false
    }
  })

  it('is one tenant’s, whoever else publishes a record for it', async () => {
    const made = await registerAndProve(rival, { issuer: provider.issuer, domain: 'acme.test' })
    expect(made).toMatchObject({ code: 'DOMAIN_TAKEN' })
  })

  it('and its provider are the owner’s alone, and the client secret is kept encrypted', async () => {
    const list = '{ ssoProviders(first: 5) { totalCount edges { node { domain } } } }'
    expect((await rig.graphql(acme.tokens.privacy_officer, list)).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    const own = await rig.graphql(acme.tokens.tenant_owner, list)
    expect(JSON.stringify(own.data)).not.toContain('rival.test')
    const rows = await rig.sql('SELECT row_to_json(p)::text AS row FROM auth."ssoProvider" p')
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.map(({ row }) => row).join()).not.toContain(provider.clientSecret)
  })
})

describe('a provider', () => {
  const changesOf = (tenant: TestTenant, providerId: string) =>
    rig.sql(
      `SELECT payload -> 'predicate' AS predicate, body FROM evidence
       WHERE tenant_id = $1 AND kind = 'sso-provider-changed/v1' AND payload -> 'predicate' ->> 'providerId' = $2
       ORDER BY seq`,
      [tenant.id, providerId],
    )

  it('is evidence from its first day to its last, whoever changed it, and names neither domain nor issuer', async () => {
    const input = { issuer: provider.issuer, domain: 'lovelace.test' }
    const { id = '' } = await registerAndProve(acme, input)
    await prove(acme, id)
    await register(acme, { ...input, newcomerRole: 'engineer' })
    // Past the API, as an administrator of the database would.
    await rig.sql(`UPDATE auth."ssoProvider" SET "issuer" = 'https://elsewhere.test' WHERE "id" = $1`, [id])
    await rig.graphql(
      acme.tokens.tenant_owner,
      `mutation ($input: SsoProviderInput!) { removeSsoProvider(input: $input) { __typename } }`,
      { input: { idempotencyKey: `k${++keys}`, ssoProviderId: id } },
    )
    const rows = await changesOf(acme, id)
    const { commitToName, commitToPerson } = rig.gateway.services
    const owner = commitToPerson({ tenantId: acme.id, userId: acme.userIds.tenant_owner })
    const before = { issuer: commitToName({ tenantId: acme.id, name: provider.issuer }), changedBy: owner }
    const after = { issuer: commitToName({ tenantId: acme.id, name: 'https://elsewhere.test' }) }
    expect(rows.map(({ predicate }) => predicate)).toMatchObject([
      { change: 'registered', newcomerRole: null, ...before },
      { change: 'domain-proven', newcomerRole: null, ...before },
      { change: 'replaced', newcomerRole: 'engineer', ...before },
      { change: 'replaced', newcomerRole: 'engineer', ...after, changedBy: null },
      { change: 'removed', newcomerRole: 'engineer', ...after, changedBy: owner },
    ])
    expect(JSON.stringify(rows)).not.toMatch(/lovelace|elsewhere|127\.0\.0\.1/)
    expect(JSON.stringify(rows)).not.toContain(provider.clientSecret)
  })

  it('whose change was broken off before its record is recorded by whoever looks next, once', async () => {
    const { ssoProviders, accessRecorder } = rig.gateway.services
    const by = { tenantId: acme.id, actorId: acme.userIds.tenant_owner }
    const client = { clientId: 'lethe', clientSecret: 's', newcomerRole: null }
    const made = await ssoProviders.register(by, { ...client, issuer: 'https://a.test', domain: 'b.test' }, new Date())
    expect(await changesOf(acme, made)).toEqual([])
    await Promise.all([accessRecorder.record(acme.id), accessRecorder.record(acme.id)])
    expect(await changesOf(acme, made)).toHaveLength(1)
    await expect(rig.sql('UPDATE sso_change SET evidence_seq = NULL')).rejects.toThrow(/recorded once/)
    const { ssoChange } = rig.gateway.services.db.forTenant(acme.id)
    await expect(ssoChange.deleteMany({})).rejects.toThrow(/permission denied/)
  })
})

describe('an issuer', () => {
  it.each([
    ['that is a private address', 'https://10.1.2.3'],
    ['that is the cloud’s metadata service', 'https://169.254.169.254'],
    ['that is a private address written as IPv6', 'https://[::ffff:10.1.2.3]'],
    ['that is a private address of IPv6', 'https://[fd00::1]'],
    ['without TLS', 'http://id.example.com'],
    ['with a password in it', 'https://a:b@id.example.com'],
  ])('%s is not asked', async (_, issuer) => {
    expect(await register(acme, { issuer, domain: 'x.test' })).toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
  })

  it('that names itself otherwise, or is no provider, is refused', async () => {
    const renamed = liar.issuer.replace('127.0.0.1', 'localhost')
    expect(await register(acme, { issuer: renamed, domain: 'x.test' })).toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
    expect(await register(acme, { issuer: rig.url, domain: 'x.test' })).toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
  })

  it.each(['example', 'a b.test', 'x@y.test', '-a.test', 'test.'])('of the domain "%s" is refused', async (domain) => {
    expect(await register(acme, { issuer: provider.issuer, domain })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.domain',
    })
  })
})
