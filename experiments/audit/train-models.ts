import { TrainingRecipe, UnlearningRecipe, type Samples } from '@lethe/domain'
import type { z } from 'zod'
import { pretrain, unlearn, type ModelCheckpoint } from '@lethe/learning'
import { join, slice, type World } from './deal-world.js'

/** Peak of pretraining; unlearning goes at about a sixth of it. */
const LEARNING_RATE = 0.25
export const UNLEARNING_RATE = 0.04

/** Few pictures, many steps, a low temperature and mild views: what it takes to remember at this size. */
export const simclrRecipe = (seed: number, epochs = 400): TrainingRecipe =>
  TrainingRecipe.parse({
    framework: 'simclr',
    encoder: { kind: 'compact-conv', widths: [12, 24, 48], projection: { hidden: 64, output: 64 } },
    views: { strength: 0.5, flip: true },
    temperature: 0.1,
    epochs,
    batchSize: 64,
    optimizer: { learningRate: LEARNING_RATE },
    seed,
  })

const control = { signal: new AbortController().signal, now: () => performance.now() }

/** A model as an audit meets it; optimisers have gone. */
export type TrainedModel = Pick<ModelCheckpoint, 'weights'>

export async function trainOn(set: Samples, recipe: TrainingRecipe): Promise<ModelCheckpoint> {
  return (await pretrain({ images: set, recipe, ...control })).checkpoint
}

export type UnlearningInput = z.input<typeof UnlearningRecipe>

export interface UnlearnSets {
  readonly retain: Samples
  readonly forget: Samples
}

export async function unlearnFrom(
  { weights }: TrainedModel,
  recipe: TrainingRecipe,
  sets: UnlearnSets,
  unlearning: UnlearningInput,
): Promise<TrainedModel> {
  const { checkpoint } = await unlearn({
    recipe,
    unlearning: UnlearningRecipe.parse(unlearning),
    parent: { weights },
    ...sets,
    ...control,
  })
  return checkpoint
}

/**
 * Alignment Calibration as it passes on deals 100 and 101, which no table shows: at a sixth of the peak rate with 10 + 5 epochs, β 7 to 13
 * brought the AUC by projections to .47 to .55 and left .56 to .58 in pooled features on one of the two; at a third of it, β 9
 * brought both to .49 to .54, at 4 % of the steps of pretraining.
 */
export const calibration = (
  seed: number,
  changes: { beta?: number; learningRate?: number; repairEpochs?: number } = {},
) => ({ method: 'alignment-calibration' as const, learningRate: 2 * UNLEARNING_RATE, beta: 9, seed, ...changes })

export const imagesOf = ({ retain, forget }: World): UnlearnSets => ({ retain: retain.images, forget: forget.images })

/** As many retained pictures as are to be forgotten, in their place: a wrong request carried out well. */
export function otherWorld({ retain, forget, ...rest }: World): World {
  const count = forget.images.count
  return { ...rest, retain: join(slice(retain, count, retain.images.count), forget), forget: slice(retain, 0, count) }
}

/**
 * Running statistics of the forget set alone, weights untouched: what unlearning at rate 0 does to a network whose
 * statistics nobody puts right. Made by asking for statistics of the wrong set.
 */
export const driftStatistics = (parent: TrainedModel, recipe: TrainingRecipe, world: World, seed: number) =>
  unlearnFrom(
    parent,
    recipe,
    { retain: world.forget.images, forget: world.retain.images },
    { method: 'fine-tune', learningRate: 0, epochs: 1, seed },
  )
