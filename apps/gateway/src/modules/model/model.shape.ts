import {
  parseExcluded,
  type Model as ModelRow,
  type ModelVersion as VersionRow,
  type Promotion as PromotionRow,
} from '@lethe/db'
import { RunCost } from '@lethe/domain'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import {
  Cost,
  CurvePoint,
  Model,
  ModelVersion,
  type ModelVersionOrigin,
  type ModelVersionState,
  Promotion,
} from './model.types.js'

export const shapeModel = ({ id, name, framework, createdAt, productionVersionId }: ModelRow): Model =>
  shape(Model, { id, name, framework, createdAt, productionVersionId })

const Curve = z.array(z.object({ epoch: z.number(), loss: z.number() }))

export const shapeCost = (cost: unknown): Cost | null => (cost === null ? null : shape(Cost, RunCost.parse(cost)))

export const shapeModelVersion = (row: VersionRow): ModelVersion =>
  shape(ModelVersion, {
    id: row.id,
    modelId: row.modelId,
    parentId: row.parentId,
    datasetVersionId: row.datasetVersionId,
    runId: row.runId,
    excludedDigests: parseExcluded(row.excluded).map(({ digest }) => digest),
    number: row.number,
    state: row.state as ModelVersionState,
    origin: row.origin as ModelVersionOrigin,
    method: row.method,
    recipe: row.recipe,
    unlearning: row.unlearning,
    weightsDigest: row.weightsDigest,
    curve: Curve.parse(row.curve).map((point) => shape(CurvePoint, point)),
    provenance: row.provenance,
    cost: shapeCost(row.cost),
    createdAt: row.createdAt,
    readyAt: row.readyAt,
    destroyedAt: row.destroyedAt,
  })

/** `next`: the model's following row, which ends this one. */
export const shapePromotion = ({ modelVersionId, decidedBy, at }: PromotionRow, next: PromotionRow | null): Promotion =>
  shape(Promotion, { modelVersionId, decidedBy, at, until: next?.at ?? null })
