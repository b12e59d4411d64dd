import { AuditPolicy, TrainingRecipe, type Samples } from '@lethe/domain'
import { endpointOf } from './black-box.js'
import type { Control, Laboratory } from './controls.js'
import { dealWorld, join, type LabelledSet, type World } from './deal-world.js'
import { otherWorld, unlearnFrom, type TrainedModel, type UnlearningInput } from './train-models.js'
import type { Train } from './train-once.js'

/** Pairs of emoji and their English names. AdamW at 2e-3 remembers 384 of them in 40 epochs. */
const clipRecipe = (seed: number): TrainingRecipe =>
  TrainingRecipe.parse({
    framework: 'clip',
    encoder: { kind: 'compact-conv', widths: [12, 24, 48], projection: { hidden: null, output: 64 } },
    text: { width: 64, depth: 2, heads: 2, contextLength: 32 },
    views: { strength: 0.5, flip: true },
    epochs: 40,
    batchSize: 64,
    optimizer: { kind: 'adamw', learningRate: 2e-3, weightDecay: 0.01 },
    seed,
  })

const pairsOf = ({ images, captions }: LabelledSet): Samples => ({ ...images, captions })
const setsOf = ({ retain, forget }: World) => ({ retain: pairsOf(retain), forget: pairsOf(forget) })

export async function openClipLaboratory(deal: number, retrains: number, train: Train): Promise<Laboratory> {
  const world = await dealWorld(deal)
  const recipe = clipRecipe(1000 * deal + 7)
  const original = await train(pairsOf(join(world.retain, world.forget)), recipe)
  const retrained: TrainedModel[] = []
  for (let k = 1; k <= retrains; k++)
    retrained.push(await train(pairsOf(world.retain), { ...recipe, seed: recipe.seed + k }))
  const policy = AuditPolicy.parse({ version: 1, seed: 7 + deal, utilityMargin: 0.1 })
  return { world, recipe, original, retrained, policy, seed: recipe.seed + 500 }
}

const by = (
  name: string,
  expected: Control['expected'],
  unlearningOf: (seed: number) => UnlearningInput,
  worldOf: (world: World) => World = (world) => world,
): Control => ({
  name: `CLIP: ${name}`,
  expected,
  build: async ({ original, recipe, world, seed }) => {
    const unlearning = unlearningOf(seed)
    const checkpoint = await unlearnFrom(original, recipe, setsOf(worldOf(world)), unlearning)
    return { after: endpointOf(checkpoint.weights), method: unlearning.method, checkpoint }
  },
})

/**
 * A budget of AC found on deals 100 and 101, which no table shows. Smaller ones leave an AUC of .60 to .72 by pairs, larger β loses
 * retrieval first; the product's default is far from enough here. What comes out is reported, not expected.
 */
const calibration = (seed: number): UnlearningInput => ({
  method: 'alignment-calibration',
  learningRate: 1e-3,
  epochs: 20,
  alpha: 2,
  beta: 4,
  repairEpochs: 15,
  seed,
})

export const clipControls: readonly Control[] = [
  by('Alignment Calibration, 35 epochs', null, calibration),
  by('another set unlearned', ['RESIDUAL'], calibration, otherWorld),
  by('one epoch of fine-tuning', ['RESIDUAL'], (seed) => ({
    method: 'fine-tune',
    epochs: 1,
    learningRate: 3e-4,
    seed,
  })),
  {
    name: 'CLIP: unchanged model',
    expected: ['RESIDUAL'],
    build: async ({ original }) => ({ after: endpointOf(original.weights), method: 'fine-tune' }),
  },
  {
    name: 'CLIP: retrained',
    expected: ['PASS'],
    build: async ({ retrained: [first] }) => ({
      after: endpointOf((first as TrainedModel).weights),
      method: 'retrain',
    }),
  },
]
