import { type AffectedVersion, countLearned, type ModelVersion as VersionRow, type Tx } from '@lethe/db'
import { DomainError, type PredictedCost, UnlearningRecipe } from '@lethe/domain'
import { z } from 'zod'
import { parseInput } from '../../graphql/parse-input.js'
import { defaultComparisons, defaultUnlearning } from './default-recipes.js'
import { estimateCost, readHistory, type VersionHistory } from './estimate-cost.js'

/** What a plan does about one version that learned from the forget set. */
export interface PlannedItem {
  readonly modelVersionId: string
  readonly learnedCount: number
  readonly weightsDigest: string
  readonly action: 'UNLEARN' | 'RETRAIN' | 'DESTROY' | 'RETAIN'
  /** Null where nothing is trained. */
  readonly unlearning: UnlearningRecipe | null
  readonly comparisons: readonly UnlearningRecipe[]
  /** By what law a version that remembers is kept: of RETAIN. */
  readonly basis?: string
  readonly estimate: PredictedCost | null
  readonly retrainEstimateSeconds: number | null
}

/** Of one version, in place of what is chosen for all. */
export interface VersionChoice {
  readonly modelVersionId: string
  readonly action?: 'UNLEARN' | 'RETRAIN' | 'DESTROY' | 'RETAIN' | null
  readonly unlearning?: unknown
  readonly comparisons?: unknown
  readonly basis?: string | null
}

/** Choices of a plan as they came in. */
export interface Choices {
  readonly unlearning?: unknown
  readonly comparisons?: unknown
  readonly versions?: readonly VersionChoice[] | null
}

const Comparisons = z.array(UnlearningRecipe).max(5)

/** Contrasts need two samples or more. */
export const LEAST_RETAINED = 2

/** @throws DomainError VERSION_NOT_AFFECTED, INVALID_INPUT, BASIS_MISSING, RETAIN_SET_EMPTY naming the choice */
export async function planItems(
  tx: Tx,
  input: { tenantId: string; requestId: string; affected: readonly AffectedVersion[]; choices: Choices },
): Promise<PlannedItem[]> {
  const { tenantId, requestId, affected, choices } = input
  const places = new Map((choices.versions ?? []).map((choice, place) => [choice.modelVersionId, { choice, place }]))
  for (const [id, { place }] of places)
    if (!affected.some(({ modelVersionId }) => modelVersionId === id))
      throw new DomainError(
        'VERSION_NOT_AFFECTED',
        'This version learned from none of the samples, or cannot serve any more; leave it out.',
        `input.versions.${place}.modelVersionId`,
      )
  const items: PlannedItem[] = []
  for (const { modelVersionId } of affected) {
    const version = await tx.modelVersion.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: modelVersionId } },
    })
    const learnedCount = await countLearned(tx, { tenantId, requestIds: [requestId], version })
    const history = await readHistory(tx, { version, learnedCount })
    const chosen = places.get(modelVersionId)
    const field = chosen === undefined ? 'input' : `input.versions.${chosen.place}`
    items.push(planItem(version, history, { ...choices, ...definedOf(chosen?.choice) }, field))
  }
  return items
}

const definedOf = (choice: VersionChoice | undefined): Partial<VersionChoice> =>
  Object.fromEntries(Object.entries(choice ?? {}).filter(([, value]) => value != null))

function planItem(
  version: VersionRow,
  history: VersionHistory,
  choice: Omit<Choices, 'versions'> & Partial<VersionChoice>,
  field: string,
): PlannedItem {
  const { id: modelVersionId, weightsDigest } = version
  if (weightsDigest === null) throw new Error('A version that can serve has no weights.')
  const { learnedCount, retainCount } = history
  const common = { modelVersionId, learnedCount, weightsDigest }
  const cannotTrain = retainCount < LEAST_RETAINED
  const isSilent = choice.action == null && choice.unlearning == null
  const action = cannotTrain && isSilent ? 'DESTROY' : choice.action
  const untrained = { unlearning: null, comparisons: [], estimate: null, retrainEstimateSeconds: null }
  if (action === 'DESTROY') return { ...common, ...untrained, action }
  if (action === 'RETAIN') return { ...common, ...untrained, action, basis: checkBasis(choice.basis, `${field}.basis`) }
  if (cannotTrain)
    throw new DomainError(
      'RETAIN_SET_EMPTY',
      `Of what version ${version.number} learned only ${retainCount} ${retainCount === 1 ? 'sample' : 'samples'} would be left, too few to train on; destroy the version instead.`,
      `${field}.action`,
    )
  return { ...common, ...planTraining(version, history, choice, field) }
}

function planTraining(
  version: VersionRow,
  history: VersionHistory,
  choice: Omit<Choices, 'versions'> & Partial<VersionChoice>,
  field: string,
): Pick<PlannedItem, 'action' | 'unlearning' | 'comparisons' | 'estimate' | 'retrainEstimateSeconds'> {
  const retraining = choice.action === 'RETRAIN' ? { method: 'retrain', seed: 1 } : null
  const asked = choice.unlearning ?? retraining
  const unlearning =
    asked == null ? defaultUnlearning(version.recipe) : parseInput(UnlearningRecipe, asked, `${field}.unlearning`)
  const action = unlearning.method === 'retrain' ? 'RETRAIN' : 'UNLEARN'
  if (choice.action != null && choice.action !== action)
    throw new DomainError('INVALID_INPUT', `${unlearning.method} is no ${choice.action}.`, `${field}.action`)
  const comparisons =
    choice.comparisons == null
      ? defaultComparisons(version.recipe, unlearning)
      : parseInput(Comparisons, choice.comparisons, `${field}.comparisons`)
  return { action, unlearning, comparisons, ...estimateCost(history, unlearning) }
}

function checkBasis(basis: string | null | undefined, field: string): string {
  const text = basis?.trim() ?? ''
  if (text.length >= 10 && text.length <= 500) return text
  throw new DomainError(
    'BASIS_MISSING',
    'Say in 10 to 500 characters by what law the version is kept although it remembers; it goes on record.',
    field,
  )
}
