import type { Prisma } from '@lethe/db'
import { type Action, ErasureState, isFinal } from '@lethe/domain'
import { may } from '../../access/may.js'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { listAudits } from '../audit/audit.reads.js'
import { readListAccess } from '../calendar/calendar.reads.js'
import { shapeClock } from '../clock/clock.shape.js'
import { allowedActions } from '../erasure/allowed-actions.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import type { ErasureRequest } from '../erasure/erasure.types.js'
import { within } from '../auditor-access/case-reach.js'
import { visibleEvidence } from '../evidence/visible-evidence.js'
import { visibleRequests } from '../erasure/visible-requests.js'
import { shapeRun } from '../run/run.shape.js'
import type { Run } from '../run/run.types.js'
import { Overview } from './overview.types.js'

const riskWindowMs = 7 * 86_400_000
const most = 10
const open = ErasureState.options.filter((state) => !isFinal(state))

/** What the viewer should look at. Counts of what they may not read are 0. */
export async function readOverview(scope: Scope): Promise<Overview> {
  const { db, viewer, now } = scope
  const count = (action: Action, how: () => Promise<number>) => (may(viewer, action) ? how() : 0)
  const reach = await scope.reach()
  const mine: Prisma.ErasureRequestWhereInput = { AND: [visibleRequests(viewer), { state: { in: open } }] }
  const soon = new Date(now().getTime() + riskWindowMs)
  const [openRequests, atRisk, nearest, runs, audits, waiting, listAccess, datasets, models, evidence] =
    await Promise.all([
      db.erasureRequest.count({ where: mine }),
      db.slaClock.count({ where: { request: mine, dueAt: { lt: soon } } }),
      db.slaClock.findFirst({ where: { request: mine }, include: { events: true }, orderBy: { dueAt: 'asc' } }),
      readRuns(scope),
      listAudits(scope, { first: 5 }),
      readWaiting(scope, mine),
      may(viewer, 'sla:read') && viewer.role !== 'auditor' ? readListAccess(scope) : null,
      count('dataset:read', () => db.dataset.count({ where: within(reach, 'datasetIds') })),
      count('model:read', () => db.model.count({ where: within(reach, 'modelIds') })),
      count('evidence:read', async () => db.evidence.count({ where: await visibleEvidence(scope) })),
    ])
  return shape(Overview, {
    openRequests,
    atRisk,
    nearestDue: nearest && shapeClock(nearest, now()),
    listAccess,
    runsInProgress: runs,
    recentAudits: audits.edges.map(({ node }) => node),
    waitingForViewer: waiting,
    datasetCount: datasets,
    modelCount: models,
    evidenceCount: evidence,
  })
}

async function readRuns({ db, viewer, reach }: Scope): Promise<Run[]> {
  if (!may(viewer, 'run:read')) return []
  const rows = await db.run.findMany({
    where: { state: { in: ['QUEUED', 'RUNNING'] }, ...within(await reach(), 'runIds') },
    orderBy: { id: 'desc' },
    take: most,
  })
  return rows.map(shapeRun)
}

/** What takes a request one step further; turning down, taking back and planning anew can wait. */
const steps = (state: string): readonly string[] =>
  state === 'PLANNED' ? ['approveErasure'] : ['verifyIdentity', 'planErasure', 'retryErasure']

/** Requests whose next step is the viewer's, oldest first. */
async function readWaiting({ db, viewer }: Scope, mine: Prisma.ErasureRequestWhereInput): Promise<ErasureRequest[]> {
  const rows = await db.erasureRequest.findMany({
    where: { AND: [mine, { state: { in: ['RECEIVED', 'IDENTITY_PENDING', 'VERIFIED', 'PLANNED', 'BLOCKED'] } }] },
    include: { approvals: true },
    orderBy: { receivedAt: 'asc' },
    take: 100,
  })
  return rows
    .filter((row) => {
      const allowed = allowedActions(viewer, {
        ...row,
        state: ErasureState.parse(row.state),
        // Whether a step failed is asked where the request is shown.
        resumesAt: row.state === 'BLOCKED' ? 'UNLEARNING' : null,
      })
      return steps(row.state).some((step) => allowed.includes(step))
    })
    .slice(0, most)
    .map(shapeErasureRequest)
}
