import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { newId } from '@lethe/db'
import { TenantId } from '@lethe/domain'
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from '../testing/gateway-rig.js'
import { seedCase, seedModel } from '../testing/seed.js'
import { type OidcIssuer, startOidcIssuer } from '../testing/oidc-issuer.js'
import { ExternalIssuer, ExternalIssuers, keysOfIssuer } from './external-issuer.js'

let rig: GatewayRig
let acme: TestTenant
let issuer: OidcIssuer
let stranger: OidcIssuer

/** The rig knows its tenants only after it has started; this id is given to one of them below. */
const tenantId = '0196b1c8-0000-7000-8000-00000000a11c'

beforeAll(async () => {
  ;[issuer, stranger] = await Promise.all([startOidcIssuer('http://unused'), startOidcIssuer('http://unused')])
  const known = ExternalIssuer.parse({
    issuer: issuer.issuer,
    audience: 'lethe',
    claims: { tenant: 'org', role: 'groups' },
    tenants: { 'acme-inc': tenantId },
    roles: {
      'lethe-auditors': 'auditor',
      'lethe-engineers': 'engineer',
      'lethe-officers': 'privacy_officer',
      'lethe-owners': 'tenant_owner',
    },
  })
  rig = await startGatewayRig({ OIDC_ISSUERS: [known] })
  acme = await rig.createTenant('acme')
  known.tenants['acme-itself'] = TenantId.parse(acme.id)
  await rig.sql(`INSERT INTO tenant (id, name, slug) VALUES ($1, 'Outside', 'outside')`, [tenantId])
})
afterAll(async () => {
  await rig.stop()
  await Promise.all([issuer.stop(), stranger.stop()])
})

const claims = { org: 'acme-inc', groups: ['staff', 'lethe-engineers'], email: 'eva@acme.test', name: 'Eva' }
const viewer = '{ viewer { name email role tenant { slug } } }'
const ask = async (token: string) => {
  const { status, data } = await rig.graphql(token, viewer)
  return { status, viewer: data?.['viewer'] }
}
const refused = { status: 401, viewer: undefined }

describe('a token of an issuer outside', () => {
  it('is accepted with the tenant and the role that its claims are mapped to', async () => {
    expect(await ask(await issuer.accessToken(claims))).toEqual({
      status: 200,
      viewer: { name: 'Eva', email: 'eva@acme.test', role: 'engineer', tenant: { slug: 'outside' } },
    })
  })

  it('gives the rights of its role and no others', async () => {
    const rights = '{ viewer { actions } }'
    const outside = await rig.graphql(await issuer.accessToken(claims), rights)
    expect(outside.data).toEqual((await rig.graphql(acme.tokens.engineer, rights)).data)
    expect(outside.data).not.toEqual((await rig.graphql(acme.tokens.privacy_officer, rights)).data)
  })

  it('makes no key, which would outlive what the issuer says', async () => {
    const answered = await rig.graphql(
      await issuer.accessToken(claims),
      `mutation { createApiKey(input: { idempotencyKey: "k", name: "n", role: engineer }) { ... on UserError { code } } }`,
    )
    expect(answered.data?.['createApiKey']).toEqual({ code: 'KEY_NEEDS_MEMBERSHIP' })
  })

  it('of an owner invites people, who then are members here', async () => {
    await rig.sql(`INSERT INTO auth."organization" ("id", "name", "slug", "createdAt") VALUES ($1, 'O', 'o', now())`, [
      tenantId,
    ])
    const answered = await rig.graphql(
      await issuer.accessToken({ ...claims, groups: 'lethe-owners' }),
      `mutation { inviteMember(input: { idempotencyKey: "i", email: "in@new.test", role: auditor }) {
         ... on Invitation { email invitedBy } ... on UserError { code } } }`,
    )
    expect(answered.data?.['inviteMember']).toEqual({ email: 'in@new.test', invitedBy: null })
    const [mail] = await rig.mailsTo('in@new.test')
    expect(mail?.subject).toBe('Eva invites you to Outside on Lethe')
  })

  it('of an auditor opens the cases that were granted to its issuer and subject, and to no other', async () => {
    const requestId = await seedCase(rig, acme, await seedModel(rig, acme, 'acme'))
    const officer = acme.tokens.privacy_officer
    // The issuer names whoever has this token as its client.
    const subject = issuer.clientId
    const token = await issuer.accessToken({ org: 'acme-itself', groups: 'lethe-auditors', name: 'Ada' })
    const cases = async () => {
      const { data, errors } = await rig.graphql(token, '{ erasureRequests { edges { node { id } } } }')
      const { edges } = (data?.['erasureRequests'] ?? { edges: [] }) as { edges: { node: { id: string } }[] }
      return errors?.[0]?.extensions['code'] ?? edges.map(({ node }) => node.id)
    }
    const act = async (field: string, type: string, input: object) => {
      const query = `mutation ($input: ${type}!) { done: ${field}(input: $input) {
        ... on AuditorGrant { id auditor outside { issuer subject } state } ... on UserError { code field } } }`
      const answered = await rig.graphql(officer, query, { input: { idempotencyKey: newId(), ...input } })
      return answered.data?.['done'] as Record<string, string>
    }
    const grant = (whom: object) =>
      act('grantAuditorAccess', 'GrantAuditorAccessInput', {
        ...whom,
        erasureRequestIds: [requestId],
        reason: 'Yearly review.',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      })
    await grant({ outside: { issuer: issuer.issuer, subject: 'ada' } })
    expect(await cases()).toBe('AUDITOR_ACCESS_MISSING')
    const outside = { issuer: issuer.issuer, subject }
    const made = await grant({ outside })
    expect(made).toMatchObject({ auditor: subject, outside, state: 'ACTIVE' })
    expect(await cases()).toEqual([requestId])
    expect(await grant({ outside: { ...outside, issuer: stranger.issuer } })).toEqual({
      code: 'ISSUER_UNKNOWN',
      field: 'input.outside.issuer',
    })
    for (const whom of [{}, { outside, userId: acme.userIds.auditor }])
      expect(await grant(whom)).toEqual({ code: 'INVALID_INPUT', field: 'input.userId' })
    expect(await act('revokeAuditorAccess', 'RevokeAuditorAccessInput', { grantId: made['id'] })).toMatchObject({
      state: 'REVOKED',
    })
    expect(await cases()).toBe('AUDITOR_ACCESS_ENDED')
    const entries = await rig.sql(`SELECT body FROM evidence WHERE kind = 'auditor-access-changed/v1'`)
    expect(entries).toHaveLength(3)
    const said = entries.map(({ body }) => String(body)).join()
    for (const personal of ['"ada"', `"${subject}"`, new URL(issuer.issuer).host]) expect(said).not.toContain(personal)
  })

  it.each([
    ['of a tenant that the issuer does not speak for', { ...claims, org: 'rival-inc' }],
    ['that names a tenant by our id and not by a mapped value', { ...claims, org: tenantId }],
    ['of no tenant', { groups: claims.groups }],
    ['of an unknown role', { ...claims, groups: ['tenant_owner'] }],
    ['of two roles', { ...claims, groups: ['lethe-engineers', 'lethe-officers'] }],
    ['of a role called like a member of every object', { ...claims, groups: 'constructor' }],
    ['that is not valid yet', { ...claims, nbf: Math.floor(Date.now() / 1000) + 120 }],
  ])('%s is refused', async (_, said) => {
    expect(await ask(await issuer.accessToken(said))).toEqual(refused)
  })

  it('for another audience, or of an issuer that nobody configured, is refused', async () => {
    expect(await ask(await issuer.accessToken(claims, 'another-service'))).toEqual(refused)
    expect(await ask(await stranger.accessToken(claims))).toEqual(refused)
  })

  it('is refused once it has expired', async () => {
    const token = await issuer.accessToken(claims)
    rig.clock.aheadMs = 11 * 60_000
    try {
      expect(await ask(token)).toEqual(refused)
    } finally {
      rig.clock.aheadMs = 0
    }
    expect((await ask(token)).status).toBe(200)
  })

  it('holds within the skew of clocks that is configured', async () => {
    const token = await issuer.accessToken({ ...claims, nbf: Math.floor(Date.now() / 1000) + 10 })
    expect((await ask(token)).status).toBe(200)
  })
})

describe('a forged token', () => {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it('without a signature, by another key, by another algorithm or changed after signing is refused', async () => {
    const genuine = await issuer.accessToken(claims)
    const payload = decodeJwt(genuine)
    const header = decodeProtectedHeader(genuine)
    const [head, , signature] = genuine.split('.') as [string, string, string]
    const { keys } = (await (await fetch(`${issuer.issuer}/jwks`)).json()) as { keys: { kid: string; alg: string }[] }
    const publicKey = keys.find(({ kid }) => kid === header.kid)
    const pem = createPublicKey({ key: publicKey as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    // The public key as the secret of a MAC: the classic confusion of algorithms.
    const confused = `${encoded({ alg: 'HS256', typ: 'JWT', kid: header.kid })}.${encoded(payload)}`
    const mac = createHmac('sha256', pem).update(confused).digest('base64url')
    const mine = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const sign = (protectedHeader: { alg: string; kid?: string; jwk?: object }) =>
      new SignJWT(payload).setProtectedHeader(protectedHeader).sign(mine)
    const forged = [
      `${encoded({ alg: 'none' })}.${encoded(payload)}.`,
      `${confused}.${mac}`,
      await sign({ alg: 'RS256', kid: header.kid ?? '' }),
      await sign({ alg: 'RS256', kid: 'nobody knows' }),
      await sign({ alg: 'RS256' }),
      await sign({ alg: 'RS256', jwk: createPublicKey(mine).export({ format: 'jwk' }) }),
      `${head}.${encoded({ ...payload, groups: ['lethe-officers'] })}.${signature}`,
      // Signed by the other key of the issuer under an algorithm that is not on the list.
      await new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256' })
        .sign(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      // Ours in name only.
      await sign({ alg: 'RS256' }).then((token) =>
        token.replace(/\..*\./, `.${encoded({ ...payload, iss: 'https://lethe.dev/identity' })}.`),
      ),
    ]
    for (const token of forged) expect(await ask(token)).toEqual(refused)
    expect((await ask(genuine)).status).toBe(200)
  })
})

describe('keys of an issuer', () => {
  it('that it changes are found without a restart, and the old ones are worth nothing afterwards', async () => {
    // A gateway of its own, whose keys are not being kept from a moment ago.
    const own = await startOidcIssuer('http://unused')
    const known = ExternalIssuer.parse({ issuer: own.issuer, audience: 'lethe', tenants: {}, roles: {} })
    const verifies = async (token: string, keys: ReturnType<typeof keysOfIssuer>) =>
      jwtVerify(token, keys, { issuer: own.issuer }).then(
        () => true,
        () => false,
      )
    const [first, later] = [keysOfIssuer(known), keysOfIssuer(known)]
    const old = await own.accessToken({})
    expect(await verifies(old, first)).toBe(true)
    await own.changeKeys()
    const fresh = await own.accessToken({})
    expect([await verifies(fresh, later), await verifies(old, later)]).toEqual([true, false])
    await own.stop()
  })
})

describe('OIDC_ISSUERS', () => {
  const good = { issuer: 'https://id.example.com', audience: 'lethe', tenants: {}, roles: {} }
  it.each([
    ['no JSON', 'issuer=x'],
    ['an algorithm of secrets', JSON.stringify([{ ...good, algorithms: ['HS256'] }])],
    ['no algorithm at all', JSON.stringify([{ ...good, algorithms: ['none'] }])],
    ['an address without TLS', JSON.stringify([{ ...good, issuer: 'http://id.example.com' }])],
    ['a platform admin', JSON.stringify([{ ...good, roles: { root: 'platform_admin' } }])],
    ['a member that is not known', JSON.stringify([{ ...good, algoritms: ['RS256'] }])],
    ['an issuer twice', JSON.stringify([good, good])],
  ])('with %s is refused', (_, text) => {
    expect(ExternalIssuers.safeParse(text).success).toBe(false)
    expect(ExternalIssuers.safeParse(JSON.stringify([good])).success).toBe(true)
  })
})
