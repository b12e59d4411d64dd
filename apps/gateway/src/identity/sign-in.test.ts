import { scryptSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createGatewayClient } from '../testing/gateway-client.js'
import { adminEmail, type GatewayRig, password, startGatewayRig, type TestTenant } from '../testing/gateway-rig.js'

let rig: GatewayRig
let acme: TestTenant
let next = 0

beforeAll(async () => {
  // Every call below comes from an address of its own, by a proxy that is trusted, unless it says otherwise.
  rig = await startGatewayRig({ SIGN_UP: 'open', TRUST_PROXY: ['127.0.0.1'], SIGN_INS_PER_MINUTE: 30 })
  acme = await rig.createTenant('acme')
})
afterAll(() => rig.stop())

const newPassword = 'quite another password'
const anybody = () => `198.51.100.${++next}`

async function post(path: string, body: object, { from = anybody(), session = '', language = 'en' } = {}) {
  const response = await fetch(`${rig.url}/auth${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': language,
      'x-forwarded-for': from,
      ...(session === '' ? {} : { authorization: `Bearer ${session}` }),
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json().catch(() => null)) as Record<string, unknown> | null }
}

const signIn = async (email: string, secret: string) =>
  String((await post('/sign-in/email', { email, password: secret })).body?.['token'])
const tokenOf = (session: string) =>
  fetch(`${rig.url}/auth/token`, { headers: { authorization: `Bearer ${session}`, 'x-forwarded-for': anybody() } })
const viewerBy = async (session: string) => {
  const { token } = (await (await tokenOf(session)).json()) as { token: string }
  return (await rig.graphql(token, '{ viewer { name role tenant { slug } } }')).data?.['viewer']
}
const resetTokenOf = async (email: string) => {
  await post('/request-password-reset', { email })
  return (await rig.mailsTo(email)).at(-1)?.token ?? ''
}

describe('a password', () => {
  const email = 'engineer@acme.test'

  it('is set anew by a mailed token, once, and everybody who was signed in by the old one is signed out', async () => {
    const session = await signIn(email, password)
    const token = await resetTokenOf(email)
    expect(await post('/reset-password', { token, newPassword: 'short' })).toMatchObject({ status: 400 })
    expect(await post('/reset-password', { token, newPassword })).toMatchObject({ status: 200 })
    expect((await tokenOf(session)).status).toBe(401)
    expect((await post('/sign-in/email', { email, password })).status).toBe(401)
    expect(await viewerBy(await signIn(email, newPassword))).toMatchObject({ role: 'engineer' })
    expect(await post('/reset-password', { token, newPassword: 'a third password' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_TOKEN' },
    })
  })

  it('is not set by a token that is too old or made up, and the database keeps no token', async () => {
    const token = await resetTokenOf(email)
    const rows = await rig.sql('SELECT row_to_json(v)::text AS row FROM auth."verification" v')
    expect(rows.map(({ row }) => row).join()).not.toContain(token)
    await rig.sql(`UPDATE auth."verification" SET "expiresAt" = now() - interval '1 second'`)
    for (const bad of [token, 'x'.repeat(24)])
      expect(await post('/reset-password', { token: bad, newPassword })).toMatchObject({
        body: { code: 'INVALID_TOKEN' },
      })
  })

  it('is asked for in one’s language, and never for somebody whose organisation signs them in', async () => {
    await post('/request-password-reset', { email: 'auditor@acme.test' }, { language: 'ja,en;q=0.5' })
    expect((await rig.mailsTo('auditor@acme.test')).at(-1)?.subject).toBe('Lethe のパスワードの再設定')
    await rig.sql(`DELETE FROM auth."account" WHERE "userId" = $1`, [acme.userIds.auditor])
    await post('/request-password-reset', { email: 'auditor@acme.test' })
    const mail = (await rig.mailsTo('auditor@acme.test')).at(-1)
    expect(mail?.subject).toBe('Your password for Lethe')
    expect(mail?.token).toBeUndefined()
  })
})

describe('nobody learns whether an address is known', () => {
  it.each([
    ['/request-password-reset', (email: string) => ({ email })],
    ['/sign-up/request', (email: string) => ({ email })],
    ['/sign-in/email', (email: string) => ({ email, password: 'not the password of anybody' })],
  ])('by %s', async (path, body) => {
    const known = await post(path, body('privacy_officer@acme.test'))
    const unknown = await post(path, body('nobody@acme.test'))
    expect(unknown).toEqual(known)
  })

  it('and a mailbox cannot be flooded, from however many addresses it is tried', async () => {
    const email = 'privacy_officer@acme.test'
    const answers = await Promise.all(Array.from({ length: 9 }, () => post('/request-password-reset', { email })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await rig.mailsTo(email)).length).toBeLessThanOrEqual(5)
  })
})

describe('limits', () => {
  const attempt = (from: string) => post('/request-password-reset', { email: 'nobody@acme.test' }, { from })

  it('count the client behind a trusted proxy, and answer 429 to that client alone', async () => {
    const eve = '203.0.113.1'
    const statuses = []
    for (let i = 0; i < 11; i++) statuses.push((await attempt(eve)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429])
    expect((await attempt('203.0.113.2')).status).toBe(200)
    // What the client itself put before is not believed: the proxy's own entry is the last.
    expect((await attempt(`10.9.8.7, ${eve}`)).status).toBe(429)
  })
})

describe('sessions', () => {
  it('of a person end all at once, and those of others go on', async () => {
    const email = 'tenant_owner@acme.test'
    const [first, second] = [await signIn(email, password), await signIn(email, password)]
    const other = await signIn('data_owner@acme.test', password)
    expect((await post('/sign-out-everywhere', {}, { session: first })).body).toMatchObject({ ended: 3 })
    expect([(await tokenOf(first)).status, (await tokenOf(second)).status]).toEqual([401, 401])
    expect((await tokenOf(other)).status).toBe(200)
    expect((await post('/sign-out-everywhere', {})).status).toBe(401)
  })
})

describe('where sign-up is open', () => {
  const tenant = { name: 'Founded', slug: 'founded' }

  it('every visitor is told so, however many come at once', async () => {
    const told = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(`${rig.url}/auth/sign-up`)).json()),
    )
    expect(told).toEqual(Array(20).fill({ signUp: 'open' }))
  })

  it('somebody founds a tenant as its owner, once, after their address was confirmed by mail', async () => {
    const email = 'frida@new.test'
    await post('/sign-up/request', { email })
    const token = (await rig.mailsTo(email))[0]?.token ?? ''
    expect((await post('/sign-up/read', { token })).body).toEqual({ email, isNew: true })
    const taken = await post('/sign-up/complete', {
      token,
      name: 'Frida',
      password,
      tenant: { name: 'A', slug: 'acme' },
    })
    expect(taken).toMatchObject({ status: 409, body: { code: 'SLUG_TAKEN', field: 'tenant.slug' } })
    const made = await post('/sign-up/complete', { token, name: 'Frida', password, tenant })
    expect(made).toMatchObject({ status: 200, body: { isNew: true } })
    expect(await viewerBy(await signIn(email, password))).toEqual({
      name: 'Frida',
      role: 'tenant_owner',
      tenant: { slug: 'founded' },
    })
    const again = await post('/sign-up/complete', {
      token,
      name: 'Eve',
      password,
      tenant: { name: 'B', slug: 'second' },
    })
    expect(again.body).toMatchObject({ code: 'SIGN_UP_INVALID' })
  })

  it('somebody who is known founds a tenant and keeps name and password', async () => {
    const email = 'frida@new.test'
    await post('/sign-up/request', { email })
    const token = (await rig.mailsTo(email)).at(-1)?.token ?? ''
    const body = { token, name: 'Eve', password: newPassword, tenant: { name: 'Other', slug: 'other' } }
    expect((await post('/sign-up/complete', body)).body).toEqual({ isNew: false })
    expect(await viewerBy(await signIn(email, password))).toMatchObject({ name: 'Frida' })
  })
})

describe('a platform that has just started', () => {
  let fresh: GatewayRig
  beforeAll(async () => {
    fresh = await startGatewayRig()
  })
  afterAll(() => fresh.stop())

  it('signs with one key, though two gateways and many people find none at once, and each takes the tokens of all', async () => {
    const beside = await fresh.openBeside()
    const release = await fresh.lock('auth."jwks"')
    const gateways = [createGatewayClient(fresh.url), createGatewayClient(beside.url)]
    const signingIn = gateways.flatMap((gateway) => [gateway.signIn(adminEmail), gateway.signIn(adminEmail)])
    // All of them look for a key before any of them can make one.
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'jwks'`
    await vi.waitFor(async () => expect(await fresh.sql(waiting)).toEqual([{ count: 4 }]), 20_000)
    await release()
    for (const token of await Promise.all(signingIn))
      for (const gateway of gateways)
        expect((await gateway.graphql(token, '{ viewer { role } }')).data).toEqual({
          viewer: { role: 'platform_admin' },
        })
    expect(await fresh.sql('SELECT count(*)::int AS count FROM auth."jwks"')).toEqual([{ count: 1 }])
    await beside.close()
  })

  it('keeps passwords by scrypt with the work that it ships with, and a salt for each', async () => {
    const shipped = await fresh.openBeside({ BOOTSTRAP_ADMIN_EMAIL: 'shipped@lethe.test' }, 'as shipped')
    const kept = await fresh.sql(
      `SELECT a."password" FROM auth."account" a JOIN auth."user" u ON u."id" = a."userId" WHERE u."email" = $1`,
      ['shipped@lethe.test'],
    )
    const [salt = '', key] = String(kept[0]?.['password']).split(':')
    expect(salt).toMatch(/^[0-9a-f]{32}$/)
    const work = { N: 16_384, r: 16, p: 1, maxmem: 2 ** 26 }
    expect(key).toBe(scryptSync(password, salt, 64, work).toString('hex'))
    const { signIn } = createGatewayClient(shipped.url)
    await expect(signIn('shipped@lethe.test', 'not that password')).rejects.toThrow('401')
    await signIn('shipped@lethe.test')
    await shipped.close()
  })

  it('refuses everything about sign-up, which is closed', async () => {
    expect(await (await fetch(`${fresh.url}/auth/sign-up`)).json()).toEqual({ signUp: 'closed' })
    for (const [path, body] of [
      ['request', { email: 'a@b.test' }],
      ['read', { token: 'x'.repeat(43) }],
      ['complete', { token: 'x'.repeat(43), name: 'A', password, tenant: { name: 'A', slug: 'aa' } }],
    ] as const) {
      const response = await fresh.post(`/auth/sign-up/${path}`, body)
      expect([path, response.status, await response.json()]).toMatchObject([path, 403, { code: 'SIGN_UP_CLOSED' }])
    }
  })
})
