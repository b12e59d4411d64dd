import type { Prisma } from '@lethe/db'
import type { Action } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { within } from '../auditor-access/case-reach.js'
import { ofVisibleRequests, visibleRequests } from '../erasure/visible-requests.js'

/** Instants between which a thing came to be; both may be open. */
export interface Span {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export interface ExportSource {
  readonly action: Action
  /** Rows held in memory at a time. */
  readonly batch: number
  /** The next rows behind an id, in the order of their ids, as far as the viewer may see them. */
  read(scope: Scope, span: Span, after: string | null): Promise<readonly ({ id: string } & object)[]>
}

const between = ({ from, to }: Span): { gte?: Date; lt?: Date } => ({
  ...(from === undefined ? {} : { gte: from }),
  ...(to === undefined ? {} : { lt: to }),
})

const behind = (after: string | null) => ({
  where: after === null ? {} : { id: { gt: after } },
  orderBy: { id: 'asc' } as const,
})

const batches = { requests: 200, audits: 20, clocks: 200, runs: 200 }

/** The ways out in bulk. Each gives what the lists of the same name give the same viewer, and no more. */
export const exportSources = {
  'erasure-requests': {
    action: 'erasure:read',
    batch: batches.requests,
    async read({ db, viewer }, span, after) {
      const { where, orderBy } = behind(after)
      const rows = await db.erasureRequest.findMany({
        where: { AND: [visibleRequests(viewer), { receivedAt: between(span) }, where] },
        orderBy,
        take: batches.requests,
        select: {
          id: true,
          number: true,
          state: true,
          stateReason: true,
          ground: true,
          requestedBy: true,
          forgetCount: true,
          policyDigest: true,
          planDigest: true,
          receivedAt: true,
          closedAt: true,
          owner: { select: { subjectKey: true } },
        },
      })
      // By which key the tenant knows a data owner is nothing for an external auditor.
      return rows.map(({ owner, ...row }) =>
        viewer.role === 'auditor' ? row : { ...row, subjectKey: owner.subjectKey },
      )
    },
  },
  audits: {
    action: 'audit:read',
    batch: batches.audits,
    async read({ db, viewer }, span, after) {
      const { where, orderBy } = behind(after)
      const visible: Prisma.AuditWhereInput = await ofVisibleRequests(db, viewer)
      return db.audit.findMany({
        where: { AND: [visible, { createdAt: between(span) }, where] },
        orderBy,
        take: batches.audits,
        select: {
          id: true,
          number: true,
          requestId: true,
          runId: true,
          beforeVersionId: true,
          afterVersionId: true,
          verdict: true,
          report: true,
          createdAt: true,
        },
      })
    },
  },
  clocks: {
    action: 'sla:read',
    batch: batches.clocks,
    read({ db, viewer }, span, after) {
      const { where, orderBy } = behind(after)
      return db.slaClock.findMany({
        where: { AND: [{ request: { AND: [visibleRequests(viewer), { receivedAt: between(span) }] } }, where] },
        orderBy,
        take: batches.clocks,
        select: {
          id: true,
          requestId: true,
          statuteId: true,
          ruleVersion: true,
          timeZone: true,
          holidays: true,
          state: true,
          dueAt: true,
          events: { orderBy: { seq: 'asc' }, select: { seq: true, kind: true, at: true } },
        },
      })
    },
  },
  runs: {
    action: 'run:read',
    batch: batches.runs,
    async read({ db, reach }, span, after) {
      const { where, orderBy } = behind(after)
      const reached: Prisma.RunWhereInput = within(await reach(), 'runIds')
      return db.run.findMany({
        where: { AND: [reached, { queuedAt: between(span) }, where] },
        orderBy,
        take: batches.runs,
        select: {
          id: true,
          kind: true,
          state: true,
          attempt: true,
          device: true,
          requestId: true,
          modelVersionId: true,
          datasetVersionId: true,
          queuedAt: true,
          startedAt: true,
          finishedAt: true,
          cost: true,
          error: true,
        },
      })
    },
  },
} as const satisfies Record<string, ExportSource>

export type ExportName = keyof typeof exportSources
