import { newId } from '@lethe/db'
import {
  adminEmail,
  type GatewayRig,
  password,
  startGatewayRig,
  type TestRole,
  type TestTenant,
} from '../testing/gateway-rig.js'
import { hex, seedModel } from '../testing/seed.js'
import type { TestCaller, Things } from './row.js'

/** Two tenants on one gateway, database and bus; the first one has a thing of every kind. */
export interface Stage {
  readonly rig: GatewayRig
  readonly acme: TestTenant
  readonly rival: TestTenant
  readonly admin: string
  readonly things: Things
  /** Token of a caller, of acme where it is a member's. */
  readonly tokenOf: (caller: TestCaller) => string | null
  readonly stop: () => Promise<void>
}

export const memberRoles: readonly TestRole[] = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor']

export async function startStage(): Promise<Stage> {
  const rig = await startGatewayRig()
  const [acme, rival] = await Promise.all([rig.createTenant('acme'), rig.createTenant('rival')])
  const admin = await rig.signIn(adminEmail)
  const things = await seedThings(rig, acme)
  await seedModel(rig, rival, 'rival')
  // The rival's auditor has a case too, in which nothing is to be found: they are refused nothing by having none.
  await rig.openCases(rival, [newId()])
  const tokenOf = (caller: TestCaller): string | null =>
    caller === 'nobody' ? null : caller === 'platform_admin' ? admin : acme.tokens[caller]
  return { rig, acme, rival, admin, things, tokenOf, stop: () => rig.stop() }
}

/** A spare member, a key, and the auditor's case. */
async function seedAccess(rig: GatewayRig, acme: TestTenant, erasureRequestId: string) {
  const spare = { email: 'spare@acme.test', name: 'Spare', password, tenantId: acme.id, role: 'engineer' }
  const added = await rig.post('/v1/admin/members', spare, await rig.signIn(adminEmail))
  const { userId: spareUserId } = (await added.json()) as { userId: string }
  const apiKeyId = newId()
  await rig.sql(
    `INSERT INTO api_key (id, tenant_id, user_id, name, role, prefix, digest)
     VALUES ($1, $2, $3, 'k', 'engineer', 'lethe_k', $4)`,
    [apiKeyId, acme.id, acme.userIds.engineer, hex('a key of acme')],
  )
  const ssoProviderId = newId()
  await rig.sql(
    `INSERT INTO auth."ssoProvider" ("id", "organizationId", "issuer", "clientId", "clientSecret", "domain", "domainToken", "createdAt")
     VALUES ($1, $2, 'https://id.acme.test', 'lethe of acme', 'x', 'acme.test', 'token of acme', now())`,
    [ssoProviderId, acme.id],
  )
  // Now, and not by the gateway's own look in the middle of a test.
  await rig.gateway.services.accessRecorder.record(acme.id)
  await rig.openCases(acme, [erasureRequestId])
  const [grant] = await rig.sql('SELECT id FROM auditor_grant WHERE tenant_id = $1', [acme.id])
  const [entry] = await rig.sql('SELECT min(seq)::int AS seq FROM evidence WHERE tenant_id = $1 AND request_id = $2', [
    acme.id,
    erasureRequestId,
  ])
  return {
    spareUserId,
    apiKeyId,
    ssoProviderId,
    auditorUserId: acme.userIds.auditor,
    auditorGrantId: grant?.['id'] as string,
    evidenceSeq: entry?.['seq'] as number,
  }
}

async function seedWebhook(rig: GatewayRig, acme: TestTenant) {
  const [webhookId, webhookDeliveryId] = [newId(), newId()]
  await rig.sql(
    `INSERT INTO webhook_endpoint (id, tenant_id, url, kinds, created_by, created_at, updated_at)
     VALUES ($1, $2, 'https://hook.acme.test/', '{run.failed}', $3, now(), now())`,
    [webhookId, acme.id, acme.userIds.engineer],
  )
  await rig.sql(
    `INSERT INTO webhook_delivery (id, tenant_id, endpoint_id, kind, body, state, created_at, queued_at,
       next_attempt_at, settled_at)
     VALUES ($1, $2, $3, 'webhook.ping', '{}', 'FAILED', now(), now(), now(), now())`,
    [webhookDeliveryId, acme.id, webhookId],
  )
  return { webhookId, webhookDeliveryId }
}

async function seedThings(rig: GatewayRig, acme: TestTenant): Promise<Things> {
  const data = await seedModel(rig, acme, 'acme')
  const asked = await rig.graphql(
    acme.tokens.data_owner,
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { input: { idempotencyKey: newId(), ground: 'Art. 17', selection: { subjectKey: 'subject-acme' } } },
  )
  const erasureRequestId = (asked.data?.['requestErasure'] as { id: string }).id
  const [runId, auditId, evidenceBundleId] = [newId(), newId(), newId()]
  await rig.sql(`INSERT INTO run (id, tenant_id, kind, task) VALUES ($1, $2, 'pretrain', '{}')`, [runId, acme.id])
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) VALUES ($1, $2, $3, $4, 1, $5, $6, $6, 'PASS', $7)`,
    [auditId, acme.id, erasureRequestId, newId(), runId, data.modelVersionId, '{}'],
  )
  const { digest, size } = await rig.gateway.services.artifacts.put(acme.id, Buffer.from('an archive'))
  await rig.sql(
    `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at, digest, size, settled_at)
     VALUES ($1, $2, $3, 'READY', 1, now(), $4, $5, now())`,
    [evidenceBundleId, acme.id, erasureRequestId, digest, size],
  )
  const webhook = await seedWebhook(rig, acme)
  const access = await seedAccess(rig, acme, erasureRequestId)
  return {
    ...access,
    ...data,
    tenantId: acme.id,
    erasureRequestId,
    runId,
    auditId,
    evidenceBundleId,
    ...webhook,
  }
}

/** A key of a tenant, made by its member of that role and with that role's rights. */
export async function keyOf({ rig }: Stage, tenant: TestTenant, role: TestRole): Promise<string> {
  const made = await rig.graphql(
    tenant.tokens[role],
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret } ... on UserError { code } } }',
    { input: { idempotencyKey: newId(), name: `key ${role}`, role } },
  )
  const { secret } = (made.data?.['createApiKey'] ?? {}) as { secret?: string }
  if (secret === undefined) throw new Error(JSON.stringify(made))
  return secret
}

/** Signed in as an auditor of acme to whom no case was opened. */
export async function outsiderOf({ rig, acme, admin }: Stage): Promise<string> {
  const email = 'outsider@acme.test'
  const person = { email, name: 'Outsider', password, tenantId: acme.id, role: 'auditor' }
  await rig.post('/v1/admin/members', person, admin)
  return rig.signIn(email)
}
