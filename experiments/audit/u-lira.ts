import { testULira, type ShadowedScore } from '@lethe/audit'
import { randomStream, selectImages, shuffledIndices, type AuditTest } from '@lethe/domain'
import { endpointOf } from './black-box.js'
import { scoresOf, type Laboratory } from './controls.js'
import { join, type LabelledSet, type World } from './deal-world.js'
import { calibration, imagesOf, unlearnFrom, type TrainedModel } from './train-models.js'
import type { Train } from './train-once.js'

/** A way to forget, given whom. */
export type Forget = (lab: Laboratory, parent: TrainedModel, world: World) => Promise<TrainedModel>

export const byCalibration: Forget = ({ recipe, seed }, parent, world) =>
  unlearnFrom(parent, recipe, imagesOf(world), calibration(seed))

/** Nothing is unlearned: what U-LiRA must find. */
export const byDoingNothing: Forget = async (_lab, parent) => parent

/** Scores of the pool in one shadow, and who was in it. */
interface Shadow {
  readonly wasUnlearned: readonly boolean[]
  readonly scores: Float64Array
}

/**
 * A6 of one way to forget. The pool is the forget set and its twins; each shadow is trained on the retained pictures and a
 * random half of the pool, then forgets that half in the same way.
 */
export async function measureULira(
  lab: Laboratory,
  { shadows, forget, train, say }: { shadows: number; forget: Forget; train: Train; say: (text: string) => void },
): Promise<AuditTest> {
  const { world, policy } = lab
  const count = world.forget.images.count
  const pool = join(world.forget, world.twins)
  const made: Shadow[] = []
  for (let k = 0; k < shadows; k++) {
    made.push(await makeShadow(lab, pool, k, forget, train))
    say(`shadow ${k + 1} of ${shadows}`)
  }
  const audited = await scorePool(lab, pool, await forget(lab, lab.original, world))
  const samples = Array.from(audited, (score, sample): ShadowedScore => {
    const scoresWhere = (unlearned: boolean) =>
      made
        .filter(({ wasUnlearned }) => wasUnlearned[sample] === unlearned)
        .map(({ scores }) => scores[sample] as number)
    return { audited: score, unlearned: scoresWhere(true), unseen: scoresWhere(false) }
  })
  return testULira({
    forget: samples.slice(0, count),
    heldOut: samples.slice(count),
    policy,
    method: 'alignment-calibration',
  })
}

async function makeShadow(
  lab: Laboratory,
  pool: LabelledSet,
  index: number,
  forget: Forget,
  train: Train,
): Promise<Shadow> {
  const { recipe, world } = lab
  const order = shuffledIndices(pool.images.count, randomStream(recipe.seed, 0x11a, index >> 1))
  // Shadows come in pairs of complementary halves, so that every sample has as many of either kind.
  const half = order.length / 2
  const chosen = (index % 2 === 0 ? order.subarray(0, half) : order.subarray(half)).slice().sort()
  const member = pick(pool, chosen)
  const seed = recipe.seed + 100 + index
  const parent = await train(join(world.retain, member).images, { ...recipe, seed })
  const shadow = await forget({ ...lab, seed: seed + 50 }, parent, { ...world, forget: member })
  const wasUnlearned = new Set(chosen)
  return {
    wasUnlearned: Array.from({ length: pool.images.count }, (_, sample) => wasUnlearned.has(sample)),
    scores: await scorePool(lab, pool, shadow),
  }
}

const pick = ({ images, labels, captions }: LabelledSet, rows: Int32Array): LabelledSet => ({
  images: selectImages(images, rows),
  labels: Int32Array.from(rows, (row) => labels[row] as number),
  captions: Array.from(rows, (row) => captions[row] as string),
})

const scorePool = async (lab: Laboratory, pool: LabelledSet, model: TrainedModel): Promise<Float64Array> =>
  (await scoresOf({ ...lab, world: { ...lab.world, forget: pool } }, endpointOf(model.weights))).forget
