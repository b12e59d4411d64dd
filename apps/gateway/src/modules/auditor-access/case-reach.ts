import type { TenantClient } from '@lethe/db'
import type { TenantViewer } from '../../tenant-viewer.js'
import { visibleRequests } from '../erasure/visible-requests.js'

/**
 * All that an external auditor's cases need, by id: the requests, the versions that learned from the samples or were made
 * of those that did, the data that these were trained on, and the runs. What is not here does not exist for them.
 */
export interface CaseReach {
  readonly requestIds: readonly string[]
  readonly ownerIds: readonly string[]
  readonly approverIds: readonly string[]
  readonly modelVersionIds: readonly string[]
  readonly modelIds: readonly string[]
  readonly datasetVersionIds: readonly string[]
  readonly datasetIds: readonly string[]
  readonly runIds: readonly string[]
}

/** Null for whoever is bound to no cases. */
export type Reach = CaseReach | null

const some = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value): value is string => value !== null)),
]

export async function readReach(db: TenantClient, viewer: TenantViewer): Promise<Reach> {
  if (viewer.cases === null) return null
  const requests = await db.erasureRequest.findMany({
    where: visibleRequests(viewer),
    select: { id: true, ownerId: true },
  })
  const requestIds = requests.map(({ id }) => id)
  const of = { requestId: { in: requestIds } }
  const [items, audits, runs, things, approvals] = await Promise.all([
    db.planItem.findMany({ where: of, select: { modelVersionId: true, resultVersionId: true } }),
    db.audit.findMany({ where: of, select: { beforeVersionId: true, afterVersionId: true, runId: true } }),
    db.run.findMany({ where: of, select: { id: true, modelVersionId: true } }),
    db.erasureThing.findMany({ where: of, select: { refId: true } }),
    db.approval.findMany({ where: of, select: { userId: true } }),
  ])
  const refs = things.map(({ refId }) => refId)
  const versions = await db.modelVersion.findMany({
    where: {
      id: {
        in: some([
          ...items.flatMap(({ modelVersionId, resultVersionId }) => [modelVersionId, resultVersionId]),
          ...audits.flatMap(({ beforeVersionId, afterVersionId }) => [beforeVersionId, afterVersionId]),
          ...runs.map(({ modelVersionId }) => modelVersionId),
          ...refs,
        ]),
      },
    },
    select: { id: true, modelId: true, datasetVersionId: true, runId: true },
  })
  const data = await db.datasetVersion.findMany({
    where: { id: { in: some([...versions.map(({ datasetVersionId }) => datasetVersionId), ...refs]) } },
    select: { id: true, datasetId: true },
  })
  return {
    requestIds,
    ownerIds: some(requests.map(({ ownerId }) => ownerId)),
    approverIds: some(approvals.map(({ userId }) => userId)),
    modelVersionIds: versions.map(({ id }) => id),
    modelIds: some(versions.map(({ modelId }) => modelId)),
    datasetVersionIds: data.map(({ id }) => id),
    datasetIds: some(data.map(({ datasetId }) => datasetId)),
    runIds: some([
      ...runs.map(({ id }) => id),
      ...audits.map(({ runId }) => runId),
      ...versions.map(({ runId }) => runId),
    ]),
  }
}

/** Ids of one kind inside a reach, as a condition; all of them where nothing bounds it. */
export const within = (reach: Reach, kind: Exclude<keyof CaseReach, 'requestIds'>): { id?: { in: string[] } } =>
  reach === null ? {} : { id: { in: [...reach[kind]] } }

/** Of ids that are asked for, those inside a reach. */
export const inReach = (reach: Reach, kind: keyof CaseReach, ids: readonly string[]): string[] =>
  reach === null ? [...ids] : ids.filter((id) => reach[kind].includes(id))
