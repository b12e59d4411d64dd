import type { Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, isSmallNumber, isUuid, type Page } from '../../graphql/page.js'
import { within } from '../auditor-access/case-reach.js'
import { shapeModel, shapeModelVersion, shapePromotion } from './model.shape.js'
import type { Model, ModelVersion, Promotion } from './model.types.js'

export async function listModels({ db, reach }: Scope, page: Page): Promise<Connection<Model>> {
  const where = within(await reach(), 'modelIds')
  return connectionOf(page, {
    rows: (take, key) =>
      db.model.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.model.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeModel,
  })
}

export async function listVersionsOfModel(
  { db, reach }: Scope,
  modelId: string,
  page: Page,
): Promise<Connection<ModelVersion>> {
  const where = { modelId, ...within(await reach(), 'modelVersionIds') }
  return connectionOf(page, {
    rows: (take, key) =>
      db.modelVersion.findMany({
        where: { ...where, ...(key === null ? {} : { number: { lt: Number(key) } }) },
        orderBy: { number: 'desc' },
        take,
      }),
    count: () => db.modelVersion.count({ where }),
    keyOf: (row) => String(row.number),
    isKey: isSmallNumber,
    node: shapeModelVersion,
  })
}

/** What served when, newest first; for an auditor as far as their cases need. */
export async function listPromotions(
  { db, reach }: Scope,
  modelId: string,
  page: Page,
): Promise<Connection<Promotion>> {
  const known = await reach()
  const where: Prisma.PromotionWhereInput = {
    modelId,
    ...(known === null
      ? {}
      : { OR: [{ modelVersionId: { in: [...known.modelVersionIds] } }, { modelVersionId: null }] }),
  }
  return connectionOf(page, {
    rows: async (take, key) => {
      const rows = await db.promotion.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      })
      const newer = key === null ? null : await db.promotion.findFirst({ where: { modelId, id: key } })
      return rows.map((row, i) => ({ row, next: rows[i - 1] ?? newer }))
    },
    count: () => db.promotion.count({ where }),
    keyOf: ({ row }) => row.id,
    isKey: isUuid,
    node: ({ row, next }) => shapePromotion(row, next),
  })
}

/** What served at an instant; null before anything ever did. */
export async function promotionAt({ db }: Scope, modelId: string, at: Date): Promise<Promotion | null> {
  const [then, next] = await Promise.all([
    db.promotion.findFirst({ where: { modelId, at: { lte: at } }, orderBy: newestFirst }),
    db.promotion.findFirst({ where: { modelId, at: { gt: at } }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }),
  ])
  return then && shapePromotion(then, next)
}

const newestFirst = [{ at: 'desc' as const }, { id: 'desc' as const }]

/** How many samples a version has never learned from or has forgotten on request. */
export async function countForgotten({ loaders }: Scope, version: ModelVersion): Promise<number> {
  const sets = await Promise.all(version.excludedDigests.map((digest) => loaders.forgetCount.load(digest)))
  return sets.reduce((sum, set) => sum + (set?.forgetCount ?? 0), 0)
}
