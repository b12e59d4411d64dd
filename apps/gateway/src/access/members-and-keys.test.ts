import { newId } from '@lethe/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminEmail, type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from '../testing/gateway-rig.js'
import { hex, seedCase, seedModel, type SeededData } from '../testing/seed.js'
import { digestOfKey } from './resolve-viewer.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
let data: SeededData
let admin: string

beforeAll(async () => {
  rig = await startGatewayRig()
  ;[acme, rival] = await Promise.all([rig.createTenant('acme'), rig.createTenant('rival')])
  data = await seedModel(rig, acme, 'acme')
  admin = await rig.signIn(adminEmail)
})
afterAll(() => rig.stop())

const mutate = async (token: string, name: string, inputType: string, answer: string, input: object) => {
  const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ... on ${answer} ... on UserError { code } } }`
  const { data: found, errors } = await rig.graphql(token, query, { input: { idempotencyKey: newId(), ...input } })
  return (found?.[name] ?? { code: errors?.[0]?.extensions['code'] }) as Record<string, unknown> & { code?: string }
}
const codeOf = async (token: string, query: string): Promise<unknown> => {
  const { status, errors } = await rig.graphql(token, query)
  return status === 401 ? 'UNAUTHENTICATED' : (errors?.[0]?.extensions['code'] ?? 'done')
}
const roleOf = async (token: string): Promise<unknown> =>
  (await rig.graphql(token, '{ viewer { role } }')).data?.['viewer'] ?? null

async function addMember(name: string, role: string): Promise<{ userId: string; token: string }> {
  const person = { email: `${name}@acme.test`, name, password: 'correct horse battery' }
  const added = await rig.post('/v1/admin/members', { ...person, tenantId: acme.id, role }, admin)
  const { userId } = (await added.json()) as { userId: string }
  return { userId, token: await rig.signIn(person.email) }
}

const changeRole = (token: string, userId: string, role: string) =>
  mutate(token, 'changeMemberRole', 'ChangeMemberRoleInput', 'Member { id role }', { userId, role })
const remove = (token: string, userId: string) =>
  mutate(token, 'removeMember', 'RemoveMemberInput', 'RemovedMember { userId }', { userId })
const createKey = (token: string, input: object) =>
  mutate(
    token,
    'createApiKey',
    'CreateApiKeyInput',
    'CreatedApiKey { secret apiKey { id prefix state lastUsedAt } }',
    input,
  ) as Promise<{ code?: string; secret: string; apiKey: { id: string; prefix: string } }>

describe('a membership that changes', () => {
  it('takes its rights away with the next request, though the token still lives', async () => {
    const { userId, token } = await addMember('zoe', 'engineer')
    expect(await codeOf(token, '{ webhooks { totalCount } }')).toBe('done')
    expect(await changeRole(acme.tokens.tenant_owner, userId, 'data_owner')).toEqual({ id: userId, role: 'data_owner' })
    expect(await roleOf(token)).toEqual({ role: 'data_owner' })
    expect(await codeOf(token, '{ models { totalCount } }')).toBe('FORBIDDEN')
    expect(await remove(acme.tokens.tenant_owner, userId)).toEqual({ userId })
    expect(await codeOf(token, '{ viewer { role } }')).toBe('UNAUTHENTICATED')
  })

  it('leaves a tenant its last owner', async () => {
    const owner = acme.userIds.tenant_owner
    expect(await remove(acme.tokens.tenant_owner, owner)).toEqual({ code: 'LAST_OWNER' })
    expect(await changeRole(acme.tokens.tenant_owner, owner, 'engineer')).toEqual({ code: 'LAST_OWNER' })
    const { userId, token } = await addMember('second', 'tenant_owner')
    const both = await Promise.all([remove(token, owner), remove(acme.tokens.tenant_owner, userId)])
    expect(both.map(({ code }) => code).sort()).toEqual(['LAST_OWNER', undefined])
    const [left] = await rig.sql(
      `SELECT "userId" AS id FROM auth.member WHERE "organizationId" = $1 AND role = 'tenant_owner'`,
      [acme.id],
    )
    expect([owner, userId]).toContain(left?.['id'])
    // The tests that follow need the first owner.
    await rig.sql(`UPDATE auth.member SET role = 'tenant_owner' WHERE "userId" = $1`, [owner])
    if (left?.['id'] === userId)
      await rig.gateway.services.memberships.add({
        tenantId: acme.id,
        userId: owner,
        role: 'tenant_owner',
        actorId: null,
      })
    await rig.gateway.services.accessRecorder.record(acme.id)
    rig.gateway.services.standings.forget()
  })

  it('is evidence, whoever made it and by whichever way, and names nobody', async () => {
    const { userId } = await addMember('yan', 'engineer')
    await changeRole(acme.tokens.tenant_owner, userId, 'privacy_officer')
    // Past the API, as single sign-on or an administrator of the database would.
    await rig.sql('DELETE FROM auth.member WHERE "userId" = $1', [userId])
    await rig.gateway.services.accessRecorder.record(acme.id)
    const { commitToPerson } = rig.gateway.services
    const member = commitToPerson({ tenantId: acme.id, userId })
    const rows = await rig.sql(
      `SELECT payload -> 'predicate' AS predicate, body FROM evidence
       WHERE tenant_id = $1 AND kind = 'member-changed/v1' AND payload -> 'predicate' ->> 'member' = $2 ORDER BY seq`,
      [acme.id, member],
    )
    const owner = commitToPerson({ tenantId: acme.id, userId: acme.userIds.tenant_owner })
    expect(rows.map(({ predicate }) => predicate)).toMatchObject([
      { change: 'joined', previousRole: null, role: 'engineer' },
      { change: 'role-changed', previousRole: 'engineer', role: 'privacy_officer', changedBy: owner },
      { change: 'left', previousRole: 'privacy_officer', role: null, changedBy: null },
    ])
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${userId}|yan|${acme.userIds.tenant_owner}`))
  })

  it('is nobody’s to make up or take back, the gateway’s login included', async () => {
    const client = rig.gateway.services.db.forTenant(acme.id)
    await expect(
      client.membershipChange.create({ data: { tenantId: acme.id, userId: newId(), role: 'tenant_owner' } }),
    ).rejects.toThrow(/permission denied/)
    await expect(client.membershipChange.deleteMany({})).rejects.toThrow(/permission denied/)
  })

  it('is shown to the people who answer for the tenant, newest first', async () => {
    const query =
      '{ membershipChanges(first: 3) { edges { node { member role previousRole changedBy evidenceSeq } } } }'
    const { data: seen } = await rig.graphql(acme.tokens.privacy_officer, query)
    const { edges } = seen?.['membershipChanges'] as { edges: { node: Record<string, unknown> }[] }
    expect(edges.map(({ node }) => node['role'])).toEqual([null, 'privacy_officer', 'engineer'])
    expect(edges.every(({ node }) => typeof node['evidenceSeq'] === 'number')).toBe(true)
    expect(await codeOf(acme.tokens.data_owner, query)).toBe('FORBIDDEN')
  })

  it('is by invitation for an owner, who learns nothing of other tenants’ people', async () => {
    const invite = (email: string) =>
      mutate(acme.tokens.tenant_owner, 'inviteMember', 'InviteMemberInput', 'Invitation { id state email }', {
        email,
        role: 'engineer',
      })
    // One has an account elsewhere, the other none: the answers are alike.
    for (const email of ['engineer@rival.test', 'nobody@nowhere.test'])
      expect(await invite(email)).toMatchObject({ state: 'PENDING', email })
    expect(await invite('engineer@acme.test')).toEqual({ code: 'ALREADY_MEMBER' })
    const { id } = await invite('third@nowhere.test')
    const revoke = (token: string) =>
      mutate(token, 'revokeInvitation', 'RevokeInvitationInput', 'Invitation { state }', { invitationId: id })
    expect(await revoke(rival.tokens.tenant_owner)).toEqual({ code: 'NOT_FOUND' })
    expect(await revoke(acme.tokens.tenant_owner)).toEqual({ state: 'REVOKED' })
    expect(await revoke(acme.tokens.tenant_owner)).toEqual({ code: 'NOT_FOUND' })
  })
})

describe('an API key', () => {
  it('is shown once, kept as a hash, and does what its role may by every way in', async () => {
    const input = { idempotencyKey: 'one-key', name: 'ci', role: 'engineer', requestsPerMinute: 100 }
    const made = await createKey(acme.tokens.engineer, input)
    expect(made).toMatchObject({ secret: expect.stringMatching(/^lethe_[\w-]{43}$/), apiKey: { state: 'ACTIVE' } })
    expect(made.secret.startsWith(made.apiKey.prefix)).toBe(true)
    expect(await createKey(acme.tokens.engineer, input)).toMatchObject({ secret: null, apiKey: { id: made.apiKey.id } })
    const [row] = await rig.sql('SELECT k::text AS text, digest FROM api_key k WHERE id = $1', [made.apiKey.id])
    expect(row?.['digest']).toBe(digestOfKey(made.secret))
    expect(String(row?.['text'])).not.toContain(made.secret.slice(made.apiKey.prefix.length))

    expect(await codeOf(made.secret, '{ models { totalCount } }')).toBe('done')
    const file = await fetch(`${rig.url}/v1/evidence/model-signing-key.pem`, {
      headers: { authorization: `Bearer ${made.secret}` },
    })
    expect(file.status).toBe(200)
    const upload = `mutation { createUpload(input: { digest: "${hex('x')}", sizeBytes: 1 }) { __typename } }`
    expect(await codeOf(made.secret, upload)).toBe('done')
    const stream = await fetch(`${rig.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${made.secret}`,
      },
      body: JSON.stringify({ query: 'subscription { tenantChanged { id } }' }),
    })
    expect([stream.status, stream.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ])
    await stream.body?.cancel()
    const used = () =>
      rig.graphql(acme.tokens.engineer, '{ apiKeys { edges { node { name madeBy lastUsedAt requestsPerMinute } } } }')
    const { data: seen } = await used()
    expect(seen).toMatchObject({ apiKeys: { edges: [{ node: { name: 'ci', lastUsedAt: expect.any(String) } }] } })
  })

  it('manages neither members nor keys nor access, approves nothing, and is no platform admin', async () => {
    const { secret } = await createKey(acme.tokens.tenant_owner, { name: 'all', role: 'tenant_owner' })
    for (const attempt of [
      changeRole(secret, acme.userIds.engineer, 'data_owner'),
      remove(secret, acme.userIds.engineer),
      createKey(secret, { name: 'child', role: 'engineer' }),
      mutate(secret, 'inviteMember', 'InviteMemberInput', 'Invitation { id }', { email: 'e@x.test', role: 'engineer' }),
      mutate(secret, 'approveErasure', 'ErasureDecisionInput', 'ErasureRequest { id }', { erasureRequestId: newId() }),
      mutate(secret, 'grantAuditorAccess', 'GrantAuditorAccessInput', 'AuditorGrant { id }', {
        userId: newId(),
        erasureRequestIds: [newId()],
        reason: 'r',
        expiresAt: new Date().toISOString(),
      }),
    ])
      expect(await attempt).toEqual({ code: 'FORBIDDEN' })
    const { data: viewer } = await rig.graphql(secret, '{ viewer { actions } }')
    const { actions } = viewer?.['viewer'] as { actions: string[] }
    expect(actions).toContain('model:write')
    expect(actions).not.toContain('erasure:approve')
    expect(await createKey(admin, { name: 'k', role: 'engineer' })).toEqual({ code: 'FORBIDDEN' })
  })

  it('has no right that its maker lacks, when it is made and ever after', async () => {
    expect(await createKey(acme.tokens.engineer, { name: 'k', role: 'tenant_owner' })).toEqual({
      code: 'ROLE_TOO_WIDE',
    })
    expect(await createKey(acme.tokens.tenant_owner, { name: 'k', role: 'privacy_officer' })).toEqual({
      code: 'ROLE_TOO_WIDE',
    })
    const maker = await addMember('maker', 'engineer')
    const { secret, apiKey } = await createKey(maker.token, { name: 'k', role: 'engineer' })
    await changeRole(acme.tokens.tenant_owner, maker.userId, 'data_owner')
    expect(await codeOf(secret, '{ models { totalCount } }')).toBe('UNAUTHENTICATED')
    // It does not come back with the role.
    await changeRole(acme.tokens.tenant_owner, maker.userId, 'engineer')
    expect(await codeOf(secret, '{ models { totalCount } }')).toBe('UNAUTHENTICATED')
    const [entry] = await rig.sql(
      `SELECT payload -> 'predicate' AS predicate FROM evidence
       WHERE kind = 'api-key-changed/v1' AND payload -> 'predicate' ->> 'keyId' = $1 ORDER BY seq DESC LIMIT 1`,
      [apiKey.id],
    )
    expect(entry?.['predicate']).toMatchObject({ change: 'revoked', role: 'engineer' })
  })

  it('is one of at most 20 that work for a person and 500 for a tenant, however many are made at once', async () => {
    const { token } = await addMember('many', 'engineer')
    const make = () => createKey(token, { name: 'one of many', role: 'engineer' })
    const made = await Promise.all(Array.from({ length: 23 }, make))
    expect(made.filter(({ code }) => code === 'TOO_MANY_KEYS')).toHaveLength(3)
    const keys = made.flatMap(({ apiKey }) => apiKey ?? [])
    expect(keys).toHaveLength(20)
    await mutate(token, 'revokeApiKey', 'RevokeApiKeyInput', 'ApiKey { id }', { apiKeyId: keys[0]?.id })
    await rig.sql(`UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [keys[1]?.id])
    const again = await Promise.all([make(), make(), make()])
    expect(again.map(({ code }) => code ?? 'made').sort()).toEqual(['TOO_MANY_KEYS', 'made', 'made'])
    await rig.sql(
      `INSERT INTO api_key (id, tenant_id, user_id, name, role, prefix, digest)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), 'filler', 'engineer', 'lethe_', md5(g::text) || md5(g::text)
       FROM generate_series(1, 500 - (SELECT count(*)::int FROM api_key
         WHERE tenant_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))) g`,
      [acme.id],
    )
    try {
      expect(await createKey(acme.tokens.engineer, { name: 'no', role: 'engineer' })).toMatchObject({
        code: 'TOO_MANY_KEYS',
      })
      expect((await createKey(rival.tokens.engineer, { name: 'yes', role: 'engineer' })).secret).toBeDefined()
    } finally {
      await rig.sql(
        `UPDATE api_key SET revoked_at = now() WHERE revoked_at IS NULL AND name IN ('filler', 'one of many')`,
      )
    }
  })

  it('ends when it is revoked, at once and for good, and when its time is over', async () => {
    const { secret, apiKey } = await createKey(acme.tokens.engineer, { name: 'k', role: 'engineer' })
    expect(await codeOf(secret, '{ viewer { role } }')).toBe('done')
    const revoke = (token: string) =>
      mutate(token, 'revokeApiKey', 'RevokeApiKeyInput', 'ApiKey { state }', { apiKeyId: apiKey.id })
    expect(await revoke(acme.tokens.privacy_officer)).toEqual({ code: 'NOT_FOUND' })
    expect(await revoke(rival.tokens.tenant_owner)).toEqual({ code: 'NOT_FOUND' })
    expect(await revoke(acme.tokens.tenant_owner)).toEqual({ state: 'REVOKED' })
    expect(await codeOf(secret, '{ viewer { role } }')).toBe('UNAUTHENTICATED')
    await expect(rig.sql('UPDATE api_key SET revoked_at = NULL WHERE id = $1', [apiKey.id])).rejects.toThrow(
      /stays revoked/,
    )
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const brief = await createKey(acme.tokens.engineer, { name: 'brief', role: 'engineer', expiresAt })
    expect(await codeOf(brief.secret, '{ viewer { role } }')).toBe('done')
    rig.clock.aheadMs = 61_000
    expect(await codeOf(brief.secret, '{ viewer { role } }')).toBe('UNAUTHENTICATED')
    rig.clock.aheadMs = 0
    expect(await codeOf(`lethe_${'A'.repeat(43)}`, '{ viewer { role } }')).toBe('UNAUTHENTICATED')
  })
})

describe('what the platform allows', () => {
  const platform = (name: string, inputType: string, input: object, token = admin) =>
    mutate(token, name, inputType, 'PlatformTenant { slug suspendedAt quota { members } usage { members } }', input)
  const as = (role: TestRole) => acme.tokens[role]
  const quota = (bounds: object) => platform('setTenantQuota', 'SetTenantQuotaInput', { tenantId: acme.id, ...bounds })

  /** Of a bound of 1,000 bytes: the same bytes announced again count once, others under way count, and what is left is told. */
  async function makesRoomForUploads(): Promise<void> {
    const [row] = await rig.sql('SELECT storage_bytes FROM platform_tenants(now(), $1, null, 1)', [acme.id])
    const kept = Number(row?.['storage_bytes'])
    await quota({ storageBytes: kept + 1000 })
    const announce = async (fill: string, sizeBytes: number) => {
      const query = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
        ... on Upload { url } ... on UserError { code field message } } }`
      const { data: answer } = await rig.graphql(as('engineer'), query, {
        input: { digest: fill.repeat(64), sizeBytes },
      })
      return answer?.['createUpload'] as { url?: string; code?: string; field?: string; message?: string }
    }
    for (const each of [600, 600]) expect((await announce('a', each)).url).toBeDefined()
    const refused = await announce('b', 401)
    expect(refused).toMatchObject({ code: 'QUOTA_STORAGE', field: 'input.sizeBytes' })
    expect(refused.message).toContain(`400 of ${kept + 1000} are left`)
    expect((await announce('b', 400)).url).toBeDefined()
    // Late ones make room again.
    await rig.sql(`UPDATE upload_announcement SET expires_at = now() - interval '1 second'`)
    expect((await announce('c', 1000)).url).toBeDefined()
  }

  it('is for platform admins', async () => {
    for (const token of [as('tenant_owner'), rival.tokens.tenant_owner])
      expect(await platform('suspendTenant', 'SuspendTenantInput', { tenantId: acme.id, reason: 'r' }, token)).toEqual({
        code: 'FORBIDDEN',
      })
    expect(await codeOf(as('tenant_owner'), '{ tenants { totalCount } }')).toBe('FORBIDDEN')
  })

  it('makes a tenant once, whose owner is invited by mail', async () => {
    const input = { idempotencyKey: newId(), name: 'New', slug: 'newcomers', ownerEmail: 'first@newcomers.test' }
    const made = await platform('createTenant', 'CreateTenantInput', input)
    expect(made).toMatchObject({ slug: 'newcomers', usage: { members: 0 } })
    expect(await platform('createTenant', 'CreateTenantInput', input)).toEqual(made)
    const again = (ownerEmail: string) =>
      platform('createTenant', 'CreateTenantInput', { ...input, ownerEmail, idempotencyKey: newId() })
    expect(await again('second@newcomers.test')).toEqual({ code: 'SLUG_TAKEN' })
    expect(await rig.mailsTo('first@newcomers.test')).toHaveLength(1)
    // The mail was lost.
    expect(await again(input.ownerEmail)).toEqual(made)
    const [lost, found] = await rig.mailsTo('first@newcomers.test')
    const accept = (token = '') =>
      rig.post('/auth/invitation/accept', { token, name: 'First', password: 'a new and long password' })
    expect((await accept(lost?.token)).status).toBe(422)
    expect((await accept(found?.token)).status).toBe(200)
    expect(await again(input.ownerEmail)).toEqual({ code: 'SLUG_TAKEN' })
    // Whoever made the tenant never was a member of it, and none who left.
    const owner = await rig.signIn(input.ownerEmail, 'a new and long password')
    const invited = await rig.graphql(owner, '{ invitations(first: 9) { edges { node { state invitedBy } } } }')
    expect(invited.data?.['invitations']).toMatchObject({
      edges: [{ node: { state: 'ACCEPTED', invitedBy: 'Platform admin' } }, { node: { invitedBy: 'Platform admin' } }],
    })
  })

  it('bounds runs, storage and members with an error that says so, and never what an erasure needs', async () => {
    const register = () =>
      mutate(as('engineer'), 'registerDataset', 'RegisterDatasetInput', 'DatasetVersion { id }', {
        name: newId(),
        uploadDigest: uploaded,
      })
    const { digest: uploaded } = await rig.gateway.services.artifacts.put(acme.id, Buffer.from('a tar'))
    await quota({ concurrentRuns: 1 })
    expect((await register())['id']).toBeDefined()
    expect(await register()).toEqual({ code: 'QUOTA_RUNS' })
    await quota({ storageBytes: 1 })
    expect(await register()).toEqual({ code: 'QUOTA_STORAGE' })
    await makesRoomForUploads()
    expect((await quota({ members: 3 }))['quota']).toEqual({ members: 3 })
    expect(
      await mutate(as('tenant_owner'), 'inviteMember', 'InviteMemberInput', 'Invitation { id }', {
        email: 'late@x.test',
        role: 'engineer',
      }),
    ).toEqual({ code: 'QUOTA_MEMBERS' })
    expect(await seedCase(rig, acme, data)).toMatch(/-/)
    expect(await quota({ storageBytes: -1 })).toEqual({ code: 'INVALID_INPUT' })
    await quota({})
    expect((await register())['id']).toBeDefined()
  })

  it('makes a suspended tenant read-only for everybody in it, keys included, and other tenants nothing', async () => {
    const { secret } = await createKey(as('engineer'), { name: 'k', role: 'engineer' })
    await platform('suspendTenant', 'SuspendTenantInput', { tenantId: acme.id, reason: 'Unpaid.' })
    const promote = (token: string) =>
      mutate(token, 'promoteModelVersion', 'PromoteModelVersionInput', 'ModelVersion { id }', {
        modelVersionId: newId(),
      })
    for (const token of [as('engineer'), secret]) {
      expect(await promote(token)).toEqual({ code: 'TENANT_SUSPENDED' })
      expect(await codeOf(token, '{ models { totalCount } }')).toBe('done')
    }
    const { data: seen } = await rig.graphql(as('engineer'), '{ viewer { tenant { suspendedReason } } }')
    expect(seen).toEqual({ viewer: { tenant: { suspendedReason: 'Unpaid.' } } })
    expect(await promote(rival.tokens.engineer)).toEqual({ code: 'NOT_FOUND' })
    await platform('resumeTenant', 'ResumeTenantInput', { tenantId: acme.id })
    expect(await promote(as('engineer'))).toEqual({ code: 'NOT_FOUND' })
    const [entry] = await rig.sql(
      `SELECT string_agg(payload -> 'predicate' ->> 'change', ' ' ORDER BY seq DESC) AS changes FROM evidence
       WHERE tenant_id = $1 AND kind = 'tenant-changed/v1'`,
      [acme.id],
    )
    expect(entry?.['changes']).toMatch(/^resumed suspended quota-changed/)
  })

  it('shows what each tenant uses and what was measured, and nothing of what it holds', async () => {
    await rig.sql(
      `INSERT INTO run (id, tenant_id, kind, task, state, cost, finished_at)
       VALUES ($1, $2, 'pretrain', '{}', 'SUCCEEDED', $3, now()), ($4, $2, 'pretrain', '{}', 'SUCCEEDED', $3, $5)`,
      [
        newId(),
        acme.id,
        { wallSeconds: 90, cpuSeconds: 120, peakMemoryBytes: 7, device: 'd' },
        newId(),
        new Date(Date.now() - 40 * 86_400_000),
      ],
    )
    const query = `mutation ($input: SetDeviceHourPriceInput!) { setDeviceHourPrice(input: $input) { __typename } }`
    await rig.graphql(as('tenant_owner'), query, { input: { idempotencyKey: newId(), amount: 20, currency: 'JPY' } })
    const { data: own } = await rig.graphql(as('engineer'), '{ deviceCosts { settledRuns cost { amount currency } } }')
    expect(own?.['deviceCosts']).toEqual({ settledRuns: 1, cost: { amount: 0.5, currency: 'JPY' } })
    const { data: seen } = await rig.graphql(
      admin,
      '{ tenants { totalCount edges { node { slug usage { storageBytes activeRuns settledRuns wallSeconds cpuSeconds cost { amount currency } } } } } }',
    )
    const { edges } = seen?.['tenants'] as { edges: { node: { slug: string; usage: Record<string, unknown> } }[] }
    expect(edges.map(({ node }) => node.slug)).toEqual(['acme', 'newcomers', 'rival'])
    expect(edges[0]?.node.usage).toMatchObject({ settledRuns: 1, wallSeconds: 90, cpuSeconds: 120 })
    // At each tenant's own price; who set none is told no money.
    expect(edges.map(({ node }) => node.usage['cost'])).toEqual([{ amount: 0.5, currency: 'JPY' }, null, null])
    expect(edges[0]?.node.usage['storageBytes']).toBeGreaterThan(20)
    expect(JSON.stringify(seen)).not.toMatch(/pictures|model of|subject/)
  })
})
