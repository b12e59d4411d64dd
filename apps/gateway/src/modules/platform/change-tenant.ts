import type { Tenant, Tx } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import { z } from 'zod'
import { type Context, createScope, type Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { unauthenticated } from '../../graphql/refusals.js'
import { runOnce } from '../../graphql/run-once.js'

const Reason = z.string().trim().min(1, 'say why, for the members of the tenant').max(500)
const bound = z.int().min(1).max(Number.MAX_SAFE_INTEGER).nullish()
const row = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)
  .nullish()
const Quota = z.object({ concurrentRuns: row, storageBytes: bound, requestsPerMinute: row, members: row })

/** Makes a tenant read-only; what runs goes on to its end. @throws DomainError NOT_FOUND, INVALID_INPUT */
export const suspendTenant = (context: Context, input: { idempotencyKey: string; tenantId: string; reason: string }) =>
  change(context, 'suspendTenant', input, (now) => ({
    change: 'suspended',
    data: { suspendedAt: now, suspendedReason: parseInput(Reason, input.reason, 'input.reason') },
  }))

/** @throws DomainError NOT_FOUND */
export const resumeTenant = (context: Context, input: { idempotencyKey: string; tenantId: string }) =>
  change(context, 'resumeTenant', input, () => ({
    change: 'resumed',
    data: { suspendedAt: null, suspendedReason: null },
  }))

/** Sets all bounds of a tenant. What is above a new bound stays, and grows no more. @throws DomainError NOT_FOUND, INVALID_INPUT */
export const setTenantQuota = (
  context: Context,
  input: { idempotencyKey: string; tenantId: string } & z.input<typeof Quota>,
) =>
  change(context, 'setTenantQuota', input, () => {
    const { concurrentRuns, storageBytes, requestsPerMinute, members } = parseInput(Quota, input, 'input')
    return {
      change: 'quota-changed',
      data: {
        maxConcurrentRuns: concurrentRuns ?? null,
        maxStorageBytes: storageBytes == null ? null : BigInt(storageBytes),
        maxRequestsPerMinute: requestsPerMinute ?? null,
        maxMembers: members ?? null,
      },
    }
  })

type TenantChange = Extract<EvidenceEntry, { kind: 'tenant-changed/v1' }>['predicate']['change']

/** @returns the tenant's id */
async function change<Input extends { idempotencyKey: string; tenantId: string }>(
  context: Context,
  operation: string,
  input: Input,
  effect: (now: Date) => { change: TenantChange; data: Parameters<Tx['tenant']['update']>[0]['data'] },
): Promise<string> {
  const scope = scopeOf(context, input.tenantId)
  if ((await scope.db.tenant.findFirst({ select: { id: true } })) === null) throw unknownTenant()
  const id = await runOnce(scope, operation, input, async (tx, now) => {
    const { change: what, data } = effect(now)
    const changed = await tx.tenant.update({ where: { id: input.tenantId }, data })
    return { id: changed.id, evidence: [tenantEvidence(what, changed, scope)] }
  })
  context.services.standings.forget()
  return id
}

export const tenantEvidence = (
  change: TenantChange,
  tenant: Pick<Tenant, 'maxConcurrentRuns' | 'maxStorageBytes' | 'maxRequestsPerMinute' | 'maxMembers'>,
  { services, viewer }: Pick<Scope, 'services' | 'viewer'>,
): EvidenceEntry => ({
  kind: 'tenant-changed/v1',
  subjects: [],
  predicate: {
    change,
    quota: {
      concurrentRuns: tenant.maxConcurrentRuns,
      storageBytes: tenant.maxStorageBytes === null ? null : Number(tenant.maxStorageBytes),
      requestsPerMinute: tenant.maxRequestsPerMinute,
      members: tenant.maxMembers,
    },
    changedBy: services.commitToPerson(viewer),
  },
})

/** A platform admin's reach into one tenant, for what the table of roles lets them change of it. */
export function scopeOf(context: Context, tenantId: string): Scope {
  const { viewer } = context
  if (viewer === null) throw unauthenticated()
  if (!isUuid(tenantId)) throw unknownTenant()
  const standing = { isSuspended: false, requestsPerMinute: null }
  return createScope({ ...context, viewer: { ...viewer, tenantId: tenantId as Scope['tenantId'], tenant: standing } })
}

const unknownTenant = (): DomainError => new DomainError('NOT_FOUND', 'There is no such tenant.', 'input.tenantId')
