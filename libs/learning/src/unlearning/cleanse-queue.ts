import type { Samples } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { sampleTags } from '../methods/sample-tags.js'
import { copyTower, type ContrastiveModel, type Momentum } from '../model/contrastive-model.js'
import type { RetainViews } from './recalibrate-statistics.js'

const REFILL = 0x72656669
/** Keys computed at once. */
const PART = 256

/**
 * Before unlearning: keys of forgotten samples leave MoCo's queue, and keys of retain samples take their places. Where the
 * parent brought no queue (imported weights), all places are filled so. Does nothing for other frameworks.
 */
export async function purgeQueue(
  { momentum }: ContrastiveModel,
  forget: Samples,
  retain: Samples,
  retainViews: RetainViews,
): Promise<void> {
  if (momentum === null) return
  const places = momentum.queue.placesOf(sampleTags(forget))
  const untagged = momentum.queue.placesOf(Int32Array.of(0, 0))
  await refill(momentum, Int32Array.from(new Set([...places, ...untagged])), retain, retainViews)
}

/**
 * After unlearning: the momentum encoder trails behind the encoder by hundreds of steps and so still remembers. It becomes a
 * copy of the encoder, and every key is computed anew from the retain set.
 */
export async function renewMomentum(model: ContrastiveModel, retain: Samples, retainViews: RetainViews): Promise<void> {
  const { momentum, image } = model
  if (momentum === null) return
  copyTower(image, momentum.key)
  const places = Int32Array.from({ length: momentum.queue.length }, (_, place) => place)
  await refill(momentum, places, retain, retainViews)
}

async function refill(
  { key, queue }: Momentum,
  places: Int32Array,
  retain: Samples,
  { views, raster, seed, signal }: RetainViews,
): Promise<void> {
  const tags = sampleTags(retain)
  for (let first = 0; first < places.length; first += PART) {
    signal.throwIfAborted()
    const part = places.subarray(first, first + PART)
    const rows = Array.from(part, (_, at) => {
      const number = first + at
      return {
        set: 0,
        index: number % retain.count,
        seed: seed ^ REFILL,
        epoch: Math.floor(number / retain.count),
        view: 0,
      }
    })
    const drawn = await views.draw(rows)
    const keys = tf.tidy(() => {
      const pictures = tf.tensor4d(drawn, [rows.length, raster.height, raster.width, raster.channels])
      return key.forward(pictures, { kind: 'evaluation' }).projection
    })
    const tagsOfKeys = Int32Array.from(
      rows.flatMap(({ index }) => [tags[2 * index] as number, tags[2 * index + 1] as number]),
    )
    queue.replace(part, keys, tagsOfKeys)
    keys.dispose()
    await tf.nextFrame()
  }
}
