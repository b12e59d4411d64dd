import type { Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isSmallNumber, isUuid, type Page } from '../../graphql/page.js'
import { within } from '../auditor-access/case-reach.js'
import { shapeDataOwner, shapeDataset, shapeDatasetVersion, shapeSample } from './dataset.shape.js'
import { type Dataset, DataOwnerShare, type DatasetVersion, type Sample, type Split } from './dataset.types.js'

export async function listDatasets({ db, reach }: Scope, page: Page): Promise<Connection<Dataset>> {
  const where = within(await reach(), 'datasetIds')
  return connectionOf(page, {
    rows: (take, key) =>
      db.dataset.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.dataset.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeDataset,
  })
}

export async function listVersionsOfDataset(
  { db, reach }: Scope,
  datasetId: string,
  page: Page,
): Promise<Connection<DatasetVersion>> {
  const where = { datasetId, ...within(await reach(), 'datasetVersionIds') }
  return connectionOf(page, {
    rows: (take, key) =>
      db.datasetVersion.findMany({
        where: { ...where, ...(key === null ? {} : { number: { lt: Number(key) } }) },
        orderBy: { number: 'desc' },
        take,
      }),
    count: () => db.datasetVersion.count({ where }),
    keyOf: (row) => String(row.number),
    isKey: isSmallNumber,
    node: shapeDatasetVersion,
  })
}

/** What an erasure has taken out of the pack has a negative number until its row goes, too. */
const inPack = { index: { gte: 0 } } as const

/** An auditor sees the samples that their cases are about, and no other person's. */
async function visibleSamples({ db, reach }: Scope): Promise<Prisma.SampleWhereInput> {
  const known = await reach()
  if (known === null) return {}
  const forgotten = await db.forgetSetSample.findMany({
    where: { requestId: { in: [...known.requestIds] } },
    select: { contentId: true },
    distinct: ['contentId'],
  })
  return { AND: [{ contentId: { in: forgotten.map(({ contentId }) => contentId) } }] }
}

/** Whether a row of a pack is one that the viewer may look at. */
export async function maySeeSample(scope: Scope, datasetVersionId: string, index: number): Promise<boolean> {
  if ((await scope.reach()) === null) return true
  return (await scope.db.sample.count({ where: { ...(await visibleSamples(scope)), datasetVersionId, index } })) > 0
}

export interface SampleFilter {
  readonly ownerId?: string | null
  readonly split?: Split | null
  readonly onlyDuplicates?: boolean | null
}

export async function listSamples(
  scope: Scope,
  datasetVersionId: string,
  page: Page,
  { ownerId, split, onlyDuplicates }: SampleFilter,
): Promise<Connection<Sample>> {
  const { db } = scope
  const where: Prisma.SampleWhereInput = {
    ...(await visibleSamples(scope)),
    datasetVersionId,
    ...inPack,
    ...(ownerId == null ? {} : { ownerId: isUuid(ownerId) ? ownerId : { in: [] } }),
    ...(split == null ? {} : { split }),
    ...(onlyDuplicates ? { nearDuplicateOf: { not: null } } : {}),
  }
  return connectionOf(page, {
    rows: (take, key) =>
      db.sample.findMany({
        where: key === null ? where : { AND: [where, { index: { gt: Number(key) } }] },
        orderBy: { index: 'asc' },
        take,
      }),
    count: () => db.sample.count({ where }),
    keyOf: (row) => String(row.index),
    isKey: isSmallNumber,
    node: shapeSample,
  })
}

/** Owners of a version's samples with their shares, by id. */
export async function listOwners(
  scope: Scope,
  datasetVersionId: string,
  page: Page,
): Promise<Connection<DataOwnerShare>> {
  const { db, loaders, viewer } = scope
  const known = await scope.reach()
  const theirs = known === null ? {} : { AND: [{ ownerId: { in: [...known.ownerIds] } }] }
  return connectionOf(page, {
    rows: async (take, key) => {
      const where = { ...theirs, datasetVersionId, ...inPack, ...(key === null ? {} : { ownerId: { gt: key } }) }
      const shares = await db.sample.groupBy({
        by: ['ownerId'],
        where,
        _count: { _all: true },
        orderBy: { ownerId: 'asc' },
        take,
      })
      const ownerIds = shares.map(({ ownerId }) => ownerId)
      const [owners, trained] = await Promise.all([
        db.dataOwner.findMany({ where: { id: { in: ownerIds } } }),
        db.sample.groupBy({
          by: ['ownerId'],
          where: { datasetVersionId, ...inPack, split: 'train', ownerId: { in: ownerIds } },
          _count: { _all: true },
        }),
      ])
      const ownerById = new Map(owners.map((owner) => [owner.id, owner]))
      const trainCount = new Map(trained.map(({ ownerId, _count }) => [ownerId, _count._all]))
      return shares.flatMap(({ ownerId, _count }) => {
        const owner = ownerById.get(ownerId)
        return owner ? [{ owner, sampleCount: _count._all, trainCount: trainCount.get(ownerId) ?? 0 }] : []
      })
    },
    count: async () =>
      known === null
        ? ((await loaders.ownerCount.load(datasetVersionId))?.count ?? 0)
        : (await db.sample.groupBy({ by: ['ownerId'], where: { ...theirs, datasetVersionId, ...inPack } })).length,
    keyOf: (row) => row.owner.id,
    isKey: isUuid,
    node: ({ owner, sampleCount, trainCount }) =>
      shape(DataOwnerShare, { owner: shapeDataOwner(owner, viewer), sampleCount, trainCount }),
  })
}
