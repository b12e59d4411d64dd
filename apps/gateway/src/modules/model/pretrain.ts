import {
  announce,
  assertRunAllowed,
  assertStorageAllowed,
  newId,
  nextModelVersionNumber,
  standingForgetSets,
  startRun,
  toJson,
  type Tx,
} from '@lethe/db'
import { Digest, DomainError, RunId, TrainingRecipe } from '@lethe/domain'
import type { PretrainTask } from '@lethe/bus'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'

export interface Pretrain {
  readonly idempotencyKey: string
  readonly modelName: string
  readonly datasetVersionId: string
  readonly recipe: unknown
}

/** What a recipe is when only its numbers are given. */
const recipeDefaults = { framework: 'simclr', encoder: { kind: 'compact-conv' }, views: {} }

/** Begins to train a model, or another version of one, without the samples that somebody asked to have forgotten. */
export const pretrain = (scope: Scope, input: Pretrain): Promise<string> =>
  runOnce(scope, 'pretrain', input, async (tx, now) => {
    const recipe = parseRecipe(input.recipe)
    const { tenantId, viewer } = scope
    const pack = await readyPack(tx, input.datasetVersionId)
    await assertRunAllowed(tx, tenantId)
    // How large the version will be is not known yet; a tenant that has used its storage up trains nothing more.
    await assertStorageAllowed(tx, tenantId, 1)
    const modelId = await findOrCreateModel(tx, scope, input.modelName, recipe.framework, now)
    const excluded = await standingForgetSets(tx, { tenantId, datasetVersionId: input.datasetVersionId })
    const [id, runId] = [newId(), RunId.parse(newId())]
    await tx.modelVersion.create({
      data: {
        id,
        tenantId,
        modelId,
        number: await nextModelVersionNumber(tx, tenantId, modelId),
        origin: 'pretrain',
        datasetVersionId: input.datasetVersionId,
        runId,
        recipe: toJson(recipe),
        excluded: toJson(excluded),
        createdAt: now,
      },
    })
    const task: PretrainTask = {
      version: 1,
      tenantId,
      runId,
      kind: 'pretrain',
      pack,
      excluded: excluded.map(({ digest, size }) => ({ digest: Digest.parse(digest), size })),
      recipe,
    }
    await startRun(tx, {
      task,
      now,
      modelVersionId: id,
      datasetVersionId: input.datasetVersionId,
      requestedBy: viewer.userId,
    })
    await announce(tx, { tenantId, aggregate: 'model', id: modelId, now })
    return { id, evidence: [] }
  })

function parseRecipe(recipe: unknown): TrainingRecipe {
  if (typeof recipe !== 'object' || recipe === null || Array.isArray(recipe))
    throw new DomainError('INVALID_INPUT', 'Give `input.recipe` as a JSON object.', 'input.recipe')
  return parseInput(TrainingRecipe, { ...recipeDefaults, ...recipe }, 'input.recipe')
}

async function readyPack(tx: Tx, datasetVersionId: string): Promise<{ digest: Digest; size: number }> {
  const version = isUuid(datasetVersionId)
    ? await tx.datasetVersion.findFirst({ where: { id: datasetVersionId } })
    : null
  if (version === null)
    throw new DomainError('NOT_FOUND', 'There is no such dataset version.', 'input.datasetVersionId')
  if (version.state !== 'READY' || version.packDigest === null)
    throw new DomainError(
      'DATASET_NOT_READY',
      `This dataset version is ${version.state}; train on one that is READY.`,
      'input.datasetVersionId',
    )
  return { digest: Digest.parse(version.packDigest), size: Number(version.packSize) }
}

async function findOrCreateModel(
  tx: Tx,
  { tenantId }: Scope,
  name: string,
  framework: string,
  now: Date,
): Promise<string> {
  const trimmed = name.trim()
  if (trimmed.length < 1 || trimmed.length > 100)
    throw new DomainError('INVALID_INPUT', 'Name the model in 1 to 100 characters.', 'input.modelName')
  const found = await tx.model.findFirst({ where: { name: trimmed } })
  if (found && found.framework !== framework)
    throw new DomainError(
      'FRAMEWORK_CONFLICT',
      `This model is trained by ${found.framework}; choose another name for one by ${framework}.`,
      'input.modelName',
    )
  if (found) return found.id
  const created = await tx.model.create({ data: { id: newId(), tenantId, name: trimmed, framework, createdAt: now } })
  return created.id
}
