import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { adminEmail, type GatewayRig, password, startGatewayRig, type TestTenant } from '../testing/gateway-rig.js'
import type { NewInvitation } from './invitations.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  rival = await rig.createTenant('rival')
})
afterAll(() => rig.stop())

const newPassword = 'a new and long password'
const invite = async (email: string, other: Partial<NewInvitation> = {}) => {
  const { invitation, send } = await rig.gateway.services.invitations.invite(
    {
      tenantId: acme.id,
      tenantName: 'Acme',
      email,
      role: 'engineer',
      inviter: { id: acme.userIds.tenant_owner, name: 'Olga' },
      locale: 'en',
      ...other,
    },
    rig.gateway.services.now(),
  )
  await send()
  return invitation
}
const tokenFor = async (email: string) => (await rig.mailsTo(email)).at(-1)?.token ?? ''
const post = async (path: string, body: object) => {
  const response = await rig.post(`/auth${path}`, body)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const accept = (token: string, person: object = { name: 'Nora', password: newPassword }) =>
  post('/invitation/accept', { token, ...person })
const roleOf = async (email: string, secret = newPassword) =>
  (await rig.graphql(await rig.signIn(email, secret), '{ viewer { role tenant { slug } } }')).data?.['viewer']

describe('an invitation', () => {
  it('makes who holds its token a member with its role, once, and says in the mail what it is about', async () => {
    await invite('nora@new.test', { role: 'privacy_officer' })
    const [mail] = await rig.mailsTo('nora@new.test')
    expect(mail?.subject).toBe('Olga invites you to Acme on Lethe')
    expect(mail?.text).toContain('https://portal.lethe.test/invitation#token=')
    const token = mail?.token ?? ''
    expect(await post('/invitation/read', { token })).toEqual({
      status: 200,
      body: { tenantName: 'acme', email: 'nora@new.test', role: 'privacy_officer', isNew: true },
    })
    expect(await accept(token)).toEqual({ status: 200, body: { isNew: true } })
    expect(await roleOf('nora@new.test')).toEqual({ role: 'privacy_officer', tenant: { slug: 'acme' } })
    for (const path of ['/invitation/read', '/invitation/accept'])
      expect(await post(path, { token, name: 'Eve', password: newPassword })).toMatchObject({
        status: 422,
        body: { code: 'INVITATION_INVALID', field: 'token' },
      })
  })

  it('raises nobody who is a member already: the role that they have stays', async () => {
    const email = `auditor@acme.test`
    await expect(invite(email, { role: 'tenant_owner' })).rejects.toMatchObject({ code: 'ALREADY_MEMBER' })
    // Invited, then added by another way before they accept.
    await invite('twice@new.test', { role: 'tenant_owner' })
    const admin = await rig.signIn(adminEmail)
    const person = { email: 'twice@new.test', name: 'T', password }
    await rig.post('/v1/admin/members', { ...person, tenantId: acme.id, role: 'auditor' }, admin)
    expect(await accept(await tokenFor('twice@new.test'))).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_MEMBER' },
    })
    expect(await roleOf('twice@new.test', password)).toMatchObject({ role: 'auditor' })
  })

  it('lets somebody who is known join another tenant with the password that they have, and change between both', async () => {
    await invite('nina@new.test')
    await accept(await tokenFor('nina@new.test'))
    await invite('nina@new.test', { tenantId: rival.id, tenantName: 'Rival', role: 'auditor' })
    const token = await tokenFor('nina@new.test')
    expect(await post('/invitation/read', { token })).toMatchObject({ body: { isNew: false } })
    expect(await accept(token, { name: 'Eve', password: 'what eve would like it to be' })).toMatchObject({
      status: 200,
    })
    expect(await roleOf('nina@new.test')).toMatchObject({ tenant: { slug: 'acme' } })
    const signedIn = (await post('/sign-in/email', { email: 'nina@new.test', password: newPassword })).body
    const session = { authorization: `Bearer ${String(signedIn['token'])}`, 'content-type': 'application/json' }
    const tenants = await fetch(`${rig.url}/auth/tenants`, { headers: session })
    expect(await tenants.json()).toMatchObject({
      tenants: [
        { id: acme.id, role: 'engineer' },
        { id: rival.id, role: 'auditor' },
      ],
      activeTenantId: acme.id,
    })
    const change = (tenantId: string) =>
      fetch(`${rig.url}/auth/tenants/active`, { method: 'POST', headers: session, body: JSON.stringify({ tenantId }) })
    expect((await change(rival.id)).status).toBe(200)
    const issued = (await (await fetch(`${rig.url}/auth/token`, { headers: session })).json()) as { token: string }
    expect((await rig.graphql(issued.token, '{ viewer { role tenant { slug } } }')).data?.['viewer']).toEqual({
      role: 'auditor',
      tenant: { slug: 'rival' },
    })
    const third = await rig.createTenant('third')
    expect((await change(third.id)).status).toBe(404)
  })

  it('takes over an account that somebody else made for the address before, and ends its sessions', async () => {
    const email = 'hijacked@new.test'
    const admin = await rig.signIn(adminEmail)
    await rig.post(
      '/v1/admin/members',
      { email, name: 'made by Rival', password, tenantId: rival.id, role: 'engineer' },
      admin,
    )
    const session = (await post('/sign-in/email', { email, password })).body['token']
    await invite(email, { role: 'privacy_officer' })
    const token = await tokenFor(email)
    expect(await accept(token, {})).toMatchObject({ status: 422, body: { code: 'CREDENTIALS_REQUIRED' } })
    expect(await accept(token)).toMatchObject({ status: 200 })
    expect((await post('/sign-in/email', { email, password })).status).toBe(401)
    const minted = await fetch(`${rig.url}/auth/token`, { headers: { authorization: `Bearer ${String(session)}` } })
    expect(minted.status).toBe(401)
  })

  it('that was replaced, withdrawn or is a week old is worth nothing, and leaves nobody behind', async () => {
    await invite('late@new.test')
    const first = await tokenFor('late@new.test')
    const second = await invite('late@new.test')
    expect(await accept(first)).toMatchObject({ body: { code: 'INVITATION_INVALID' } })
    await expect(
      rig.gateway.services.invitations.revoke(rival.id, second.id, rig.gateway.services.now()),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const token = await tokenFor('late@new.test')
    await rig.gateway.services.invitations.revoke(acme.id, second.id, rig.gateway.services.now())
    expect(await accept(token)).toMatchObject({ body: { code: 'INVITATION_INVALID' } })
    await invite('late@new.test')
    rig.clock.aheadMs = 7 * 86_400_000 + 1000
    try {
      expect(await accept(await tokenFor('late@new.test'))).toMatchObject({ body: { code: 'INVITATION_INVALID' } })
    } finally {
      rig.clock.aheadMs = 0
    }
    expect(await rig.sql('SELECT 1 FROM auth."user" WHERE "email" = $1', ['late@new.test'])).toEqual([])
  })

  it('links a data owner to their key, and is refused where the key is somebody else’s or the tenant is suspended', async () => {
    await invite('dora@new.test', { role: 'data_owner', subjectKey: 'studio-dora' })
    await accept(await tokenFor('dora@new.test'))
    const [owner] = await rig.sql(
      'SELECT u."email" FROM data_owner d JOIN auth."user" u ON u."id" = d.user_id::text WHERE d.subject_key = $1',
      ['studio-dora'],
    )
    expect(owner).toEqual({ email: 'dora@new.test' })
    await invite('thief@new.test', { role: 'data_owner', subjectKey: 'studio-dora' })
    expect(await accept(await tokenFor('thief@new.test'))).toMatchObject({ body: { code: 'SUBJECT_TAKEN' } })
    await invite('shut@new.test')
    await rig.sql(`UPDATE tenant SET suspended_at = now(), suspended_reason = 'unpaid' WHERE id = $1`, [acme.id])
    try {
      expect(await accept(await tokenFor('shut@new.test'))).toMatchObject({
        status: 403,
        body: { code: 'TENANT_CLOSED' },
      })
    } finally {
      await rig.sql('UPDATE tenant SET suspended_at = NULL, suspended_reason = NULL WHERE id = $1', [acme.id])
    }
    expect(await rig.sql(`SELECT 1 FROM auth."user" WHERE "email" IN ('shut@new.test', 'thief@new.test')`)).toEqual([])
  })

  it('is refused to whoever is one too many, though all accept at once, and holds until there is room', async () => {
    const guests = ['g1', 'g2', 'g3'].map((name) => `${name}@guests.test`)
    const tokens: string[] = []
    for (const email of guests) {
      await invite(email, { tenantId: rival.id, tenantName: 'Rival' })
      tokens.push(await tokenFor(email))
    }
    const count = 'SELECT count(*)::int AS count FROM auth."member" WHERE "organizationId" = $1'
    const [before] = await rig.sql(count, [rival.id])
    const bound = (members: number | null) =>
      rig.sql('UPDATE tenant SET max_members = $2 WHERE id = $1', [rival.id, members])
    await bound(Number(before?.['count']) + 1)
    // All are about to join before any of them has.
    const release = await rig.lock('auth."member"')
    const accepting = Promise.all(tokens.map((token) => accept(token)))
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
    await vi.waitFor(async () => expect(await rig.sql(waiting)).toEqual([{ count: 3 }]), 20_000)
    await release()
    const answers = await accepting
    expect(answers.map(({ status, body }) => [status, body['code']]).sort()).toEqual([
      [200, undefined],
      [403, 'QUOTA_MEMBERS'],
      [403, 'QUOTA_MEMBERS'],
    ])
    expect(await rig.sql(count, [rival.id])).toEqual([{ count: Number(before?.['count']) + 1 }])
    const refused = answers.findIndex(({ status }) => status === 403)
    await bound(null)
    expect(await accept(tokens[refused] ?? '')).toMatchObject({ status: 200 })
  })

  it('has the bound in common with people whom a platform admin adds, of whom one too many leaves nothing behind', async () => {
    const admin = await rig.signIn(adminEmail)
    const add = async (name: string) => {
      const person = { email: `${name}@added.test`, name, password, tenantId: rival.id, role: 'engineer' }
      const response = await rig.post('/v1/admin/members', person, admin)
      return [response.status, ((await response.json()) as { code?: string }).code]
    }
    const count = 'SELECT count(*)::int AS count FROM auth."member" WHERE "organizationId" = $1'
    const [before] = await rig.sql(count, [rival.id])
    const bound = (members: number | null) =>
      rig.sql('UPDATE tenant SET max_members = $2 WHERE id = $1', [rival.id, members])
    await bound(Number(before?.['count']) + 1)
    const release = await rig.lock('auth."member"')
    const names = ['a1', 'a2', 'a3']
    const adding = Promise.all(names.map(add))
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
    await vi.waitFor(async () => expect(await rig.sql(waiting)).toEqual([{ count: 3 }]), 20_000)
    await release()
    const answers = await adding
    expect([...answers].sort()).toEqual([
      [201, undefined],
      [403, 'QUOTA_MEMBERS'],
      [403, 'QUOTA_MEMBERS'],
    ])
    expect(await rig.sql(count, [rival.id])).toEqual([{ count: Number(before?.['count']) + 1 }])
    expect(await rig.sql(`SELECT 1 FROM auth."user" WHERE "email" LIKE '%@added.test'`)).toHaveLength(1)
    await bound(null)
    expect(await add(names[answers.findIndex(([status]) => status === 403)] ?? '')).toEqual([201, undefined])
  })

  it('is kept as a hash, mailed in the language asked for, and cannot flood a mailbox', async () => {
    await invite('yuki@new.test', { locale: 'ja' })
    const [mail] = await rig.mailsTo('yuki@new.test')
    expect(mail?.subject).toBe('Olga さんから Lethe の「Acme」への招待')
    expect(mail?.text).toContain('7 日以内')
    const rows = await rig.sql(
      `SELECT row_to_json(i)::text AS row FROM auth."invitation" i WHERE "email" = 'yuki@new.test'`,
    )
    expect(String(rows[0]?.['row'])).not.toContain(mail?.token ?? 'none')
    for (let i = 1; i < 5; i++) await invite('yuki@new.test')
    await expect(invite('yuki@new.test')).rejects.toMatchObject({ code: 'TOO_MANY_MAILS' })
    expect(await rig.mailsTo('yuki@new.test')).toHaveLength(5)
  })
})
