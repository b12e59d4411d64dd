import type { Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, isWholeNumber, type Page } from '../../graphql/page.js'
import { shapeDataOwner, shapeDataset, shapeDatasetVersion, shapeSample } from './dataset.shape.js'
import { type Dataset, DataOwnerShare, type DatasetVersion, type Sample, type Split } from './dataset.types.js'

export const listDatasets = ({ db }: Scope, page: Page): Promise<Connection<Dataset>> =>
  connectionOf(page, {
    rows: (take, key) =>
      db.dataset.findMany({ where: key === null ? {} : { id: { lt: key } }, orderBy: { id: 'desc' }, take }),
    count: () => db.dataset.count(),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeDataset,
  })

export const listVersionsOfDataset = (
  { db }: Scope,
  datasetId: string,
  page: Page,
): Promise<Connection<DatasetVersion>> =>
  connectionOf(page, {
    rows: (take, key) =>
      db.datasetVersion.findMany({
        where: { datasetId, ...(key === null ? {} : { number: { lt: Number(key) } }) },
        orderBy: { number: 'desc' },
        take,
      }),
    count: () => db.datasetVersion.count({ where: { datasetId } }),
    keyOf: (row) => String(row.number),
    isKey: isWholeNumber,
    node: shapeDatasetVersion,
  })

/** What an erasure has taken out of the pack has a negative number until its row goes, too. */
const inPack = { index: { gte: 0 } } as const

export interface SampleFilter {
  readonly ownerId?: string | null
  readonly split?: Split | null
  readonly onlyDuplicates?: boolean | null
}

export function listSamples(
  { db }: Scope,
  datasetVersionId: string,
  page: Page,
  { ownerId, split, onlyDuplicates }: SampleFilter,
): Promise<Connection<Sample>> {
  const where: Prisma.SampleWhereInput = {
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
    isKey: isWholeNumber,
    node: shapeSample,
  })
}

/** Owners of a version's samples with their shares, by id. */
export const listOwners = (scope: Scope, datasetVersionId: string, page: Page): Promise<Connection<DataOwnerShare>> => {
  const { db, loaders, viewer } = scope
  return connectionOf(page, {
    rows: async (take, key) => {
      const where = { datasetVersionId, ...inPack, ...(key === null ? {} : { ownerId: { gt: key } }) }
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
    count: async () => (await loaders.ownerCount.load(datasetVersionId))?.count ?? 0,
    keyOf: (row) => row.owner.id,
    isKey: isUuid,
    node: ({ owner, sampleCount, trainCount }) =>
      shape(DataOwnerShare, { owner: shapeDataOwner(owner, viewer), sampleCount, trainCount }),
  })
}
