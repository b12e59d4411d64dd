import { z } from 'zod'
import { Verdict } from './audit.js'
import { ErasureState } from './erasure-request.js'
import { type Action, Role } from './roles.js'
import { RunKind } from './run.js'
import { DeadlineKind } from './sla-clock.js'

const Instant = z.iso.datetime()
const onClock = z.strictObject({
  number: z.int(),
  dueAt: Instant,
  /** What is due then; the answer where missing. */
  deadline: DeadlineKind.optional(),
})

/**
 * What a notice of each kind tells beside the request that it is about: ids, numbers, states and instants. Never a name,
 * an address, a digest of samples, or a reason that somebody wrote.
 */
const noticeData = {
  'erasure.received': onClock,
  'erasure.state-changed': z.strictObject({ number: z.int(), from: ErasureState, to: ErasureState }),
  /** Whoever was asked by mail says that the request is not theirs. */
  'identity.declined': z.strictObject({ number: z.int() }),
  'clock.due-soon': onClock,
  'clock.breached': onClock,
  'clock.extended': onClock,
  /** Of California's deletion platform: the list of requests is to be fetched again. */
  'list.due-soon': z.strictObject({ dueAt: Instant }),
  'list.overdue': z.strictObject({ dueAt: Instant }),
  'audit.completed': z.strictObject({ auditId: z.uuid(), number: z.int(), verdict: Verdict }),
  'run.failed': z.strictObject({ runId: z.uuid(), kind: RunKind, code: z.string() }),
  'bundle.ready': z.strictObject({ bundleId: z.uuid() }),
  'bundle.failed': z.strictObject({ bundleId: z.uuid(), code: z.string() }),
  'member.joined': z.strictObject({ userId: z.uuid(), role: Role }),
  'member.role-changed': z.strictObject({ userId: z.uuid(), role: Role }),
  'member.removed': z.strictObject({ userId: z.uuid(), role: Role }),
  'key.created': z.strictObject({ keyId: z.string().max(64) }),
  'key.revoked': z.strictObject({ keyId: z.string().max(64) }),
  'webhook.disabled': z.strictObject({ endpointId: z.uuid(), reason: z.enum(['UNREACHABLE', 'GONE']) }),
} as const satisfies Record<string, z.ZodType>

export const NoticeKind = z.enum(Object.keys(noticeData) as [NoticeKind, ...NoticeKind[]])
export type NoticeKind = keyof typeof noticeData
export type NoticeData<Kind extends NoticeKind = NoticeKind> = z.infer<(typeof noticeData)[Kind]>

/** @throws ZodError when the data says more or less than its kind. */
export const parseNoticeData = <Kind extends NoticeKind>(kind: Kind, data: unknown): NoticeData<Kind> =>
  noticeData[kind].parse(data) as NoticeData<Kind>

interface Audience {
  /** Whoever may do this may see notices of the kind. */
  readonly action: Action
  /** Members of these roles get mail unless they say otherwise. */
  readonly mailedTo: readonly Role[]
}

const officers: readonly Role[] = ['tenant_owner', 'privacy_officer']
const concerned: readonly Role[] = [...officers, 'data_owner']

/** A data owner is only told of requests that they raised or that are about them. */
export const noticeAudience: Readonly<Record<NoticeKind, Audience>> = {
  'erasure.received': { action: 'erasure:read', mailedTo: ['privacy_officer', 'data_owner'] },
  'erasure.state-changed': { action: 'erasure:read', mailedTo: ['data_owner'] },
  'identity.declined': { action: 'erasure:verify', mailedTo: ['privacy_officer'] },
  'clock.due-soon': { action: 'sla:read', mailedTo: officers },
  'clock.breached': { action: 'sla:read', mailedTo: officers },
  'clock.extended': { action: 'erasure:read', mailedTo: concerned },
  'list.due-soon': { action: 'sla:read', mailedTo: officers },
  'list.overdue': { action: 'sla:read', mailedTo: officers },
  'audit.completed': { action: 'audit:read', mailedTo: ['privacy_officer'] },
  'run.failed': { action: 'run:read', mailedTo: ['engineer'] },
  'bundle.ready': { action: 'erasure:read', mailedTo: concerned },
  'bundle.failed': { action: 'erasure:read', mailedTo: officers },
  'member.joined': { action: 'webhook:read', mailedTo: ['tenant_owner'] },
  'member.role-changed': { action: 'webhook:read', mailedTo: ['tenant_owner'] },
  'member.removed': { action: 'webhook:read', mailedTo: ['tenant_owner'] },
  'key.created': { action: 'webhook:read', mailedTo: ['tenant_owner'] },
  'key.revoked': { action: 'webhook:read', mailedTo: [] },
  'webhook.disabled': { action: 'webhook:read', mailedTo: ['tenant_owner', 'engineer'] },
}
