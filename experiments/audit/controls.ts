import { scoreSets, type SetScores } from '@lethe/audit'
import { selectImages, type AuditPolicy, type TrainingRecipe, type UnlearningMethod, type Verdict } from '@lethe/domain'
import { endpointOf, viewsOf, type Endpoint } from './black-box.js'
import type { World } from './deal-world.js'
import { bySpreading, fromTable, withFreshNoise, withNoiseOfPicture, withRounding } from './endpoints.js'
import {
  calibration,
  driftStatistics,
  imagesOf,
  otherWorld,
  unlearnFrom,
  UNLEARNING_RATE,
  type TrainedModel,
} from './train-models.js'

/** What the controls are made from. */
export interface Laboratory {
  readonly world: World
  readonly recipe: TrainingRecipe
  readonly original: TrainedModel
  readonly retrained: readonly TrainedModel[]
  readonly policy: AuditPolicy
  readonly seed: number
}

export interface Audited {
  readonly after: Endpoint
  readonly method: UnlearningMethod
  /** The original model where missing. */
  readonly before?: Endpoint
  /** Where the endpoint is honest: what it serves. */
  readonly checkpoint?: TrainedModel
}

export interface Control {
  readonly name: string
  /** Verdicts that are right; null where what comes out is reported and nothing is expected. */
  readonly expected: readonly Verdict[] | null
  readonly build: (lab: Laboratory) => Promise<Audited>
}

const failing: readonly Verdict[] = ['RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE']

const cheating =
  (change: (honest: Endpoint, lab: Laboratory) => Promise<Endpoint['embed']> | Endpoint['embed']) =>
  async (lab: Laboratory): Promise<Audited> => {
    const honest = endpointOf(lab.original.weights)
    return { after: { ...honest, embed: await change(honest, lab) }, method: 'fine-tune' }
  }

const unlearned =
  (method: UnlearningMethod, make: (lab: Laboratory) => Promise<TrainedModel>) =>
  async (lab: Laboratory): Promise<Audited> => {
    const checkpoint = await make(lab)
    return { after: endpointOf(checkpoint.weights), method, checkpoint }
  }

export const controls: readonly Control[] = [
  {
    name: 'Alignment Calibration',
    expected: ['PASS'],
    build: unlearned('alignment-calibration', ({ original, recipe, world, seed }) =>
      unlearnFrom(original, recipe, imagesOf(world), calibration(seed)),
    ),
  },
  {
    name: 'retrained',
    expected: ['PASS'],
    build: unlearned('retrain', async ({ retrained }) => retrained[0] as TrainedModel),
  },
  {
    name: 'unchanged model',
    expected: ['RESIDUAL'],
    build: unlearned('fine-tune', async ({ original }) => original),
  },
  {
    name: 'one epoch of fine-tuning',
    expected: ['RESIDUAL'],
    build: unlearned('fine-tune', ({ original, recipe, world, seed }) =>
      unlearnFrom(original, recipe, imagesOf(world), {
        method: 'fine-tune',
        epochs: 1,
        learningRate: UNLEARNING_RATE,
        seed,
      }),
    ),
  },
  {
    name: 'another set unlearned',
    expected: ['RESIDUAL'],
    build: unlearned('alignment-calibration', ({ original, recipe, world, seed }) =>
      unlearnFrom(original, recipe, imagesOf(otherWorld(world)), calibration(seed)),
    ),
  },
  {
    name: 'gradient ascent until FS looks right',
    expected: failing,
    build: unlearned('gradient-ascent', ascendUntilForgettingScore),
  },
  {
    name: 'rate 0, drifted batch norm',
    expected: failing,
    build: unlearned('gradient-ascent', ({ original, recipe, world, seed }) =>
      driftStatistics(original, recipe, world, seed),
    ),
  },
  {
    name: 'β too large',
    expected: ['OVER_FORGOTTEN'],
    build: unlearned('alignment-calibration', ({ original, recipe, world, seed }) =>
      unlearnFrom(
        original,
        recipe,
        imagesOf(world),
        calibration(seed, { beta: 16, learningRate: UNLEARNING_RATE, repairEpochs: 0 }),
      ),
    ),
  },
  {
    name: 'β so large that the model breaks',
    expected: failing,
    build: unlearned('alignment-calibration', ({ original, recipe, world, seed }) =>
      unlearnFrom(original, recipe, imagesOf(world), calibration(seed, { beta: 100, repairEpochs: 0 })),
    ),
  },
  {
    name: 'output suppression',
    expected: failing,
    build: unlearned('output-suppression', ({ original, recipe, world, seed }) =>
      unlearnFrom(original, recipe, imagesOf(world), { method: 'output-suppression', seed }),
    ),
  },
  {
    name: 'fresh noise on the outputs',
    expected: ['INCONCLUSIVE'],
    build: cheating(({ embed }, { seed }) => withFreshNoise(embed, 0.5, seed)),
  },
  {
    name: 'noise that the picture decides',
    expected: failing,
    build: cheating(({ embed }) => withNoiseOfPicture(embed, 0.5)),
  },
  { name: 'rounded outputs', expected: failing, build: cheating(({ embed }) => withRounding(embed, 0.25)) },
  {
    name: 'known questions from a table',
    expected: failing,
    build: cheating(({ embed }, { world, recipe, policy }) =>
      fromTable(embed, world.forget.images, world.heldOut.images, viewsOf(recipe), policy),
    ),
  },
  {
    name: 'never-seen pictures',
    expected: ['INCONCLUSIVE'],
    build: async ({ retrained }) => ({
      before: endpointOf((retrained[0] as TrainedModel).weights),
      after: endpointOf((retrained.at(-1) as TrainedModel).weights),
      method: 'fine-tune',
    }),
  },
  {
    name: 'recognised pictures answered as if unknown',
    expected: null,
    build: cheating((honest, { world }) => bySpreading(honest, world.forget.images, world.retain.images, 1.12)),
  },
]

/** Halvings of the range of rates, on a logarithmic scale. */
const SEARCH_STEPS = 8

/** Gradient ascent at the rate that shows just the forgetting score of a retrained model. */
async function ascendUntilForgettingScore(lab: Laboratory): Promise<TrainedModel> {
  const { original, retrained, recipe, world, seed } = lab
  const alignedBefore = await meanForgetScore(lab, original)
  const fallOf = async (model: TrainedModel) => alignedBefore - (await meanForgetScore(lab, model))
  const wanted = await fallOf(retrained[0] as TrainedModel)
  let [low, high] = [Math.log(1e-5), Math.log(0.1)]
  let model = original
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const learningRate = Math.exp((low + high) / 2)
    const ascent = { method: 'gradient-ascent' as const, epochs: 10, learningRate, seed }
    const tried = await unlearnFrom(original, recipe, imagesOf(world), ascent)
    if ((await fallOf(tried)) < wanted) low = Math.log(learningRate)
    else {
      high = Math.log(learningRate)
      model = tried
    }
  }
  return model
}

/** Mean alignment of the pictures to be forgotten, on Fisher's scale. */
async function meanForgetScore({ world, recipe, policy }: Laboratory, { weights }: TrainedModel): Promise<number> {
  const forget = world.forget.images
  const sets = { forget, heldOut: selectImages(forget, [0]) }
  const by = { drawViews: viewsOf(recipe), policy, signal: new AbortController().signal }
  const scores = (await scoreSets(endpointOf(weights).embed, sets, by)).forget
  return scores.reduce((sum, score) => sum + score / scores.length, 0)
}

/** Membership scores, as an audit with this policy sees them. */
export const scoresOf = ({ world, recipe, policy }: Laboratory, { embed }: Endpoint): Promise<SetScores> =>
  scoreSets(
    embed,
    { forget: world.forget.images, heldOut: world.heldOut.images },
    { drawViews: viewsOf(recipe), policy, signal: new AbortController().signal },
  )
