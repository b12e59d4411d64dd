import { AuditPolicy, randomStream, selectImages, type PackedImages } from '@lethe/domain'
import type { AuditedModel, AuditOptions, Embed } from './audited-model.js'

/** Pictures of 2×2×3 bytes; a view adds noise; a class is two bits of the picture. */
const PIXELS = 12
const NOISE = 0.12

export interface ToyWorldSizes {
  readonly forget?: number
  readonly heldOut?: number
  readonly retain?: number
  readonly seed?: number
  /** Added to every pixel of held-out pictures: another source. */
  readonly heldOutShift?: number
}

/**
 * A world in which memorising is one line: a model that remembers pictures pulls views that lie near one of them towards it.
 * `pull` above 0 remembers, below 0 pushes away, which is over-forgetting.
 */
export function toyWorld(sizes: ToyWorldSizes = {}) {
  const { forget = 96, heldOut = 400, retain = 100, seed = 1, heldOutShift = 0 } = sizes
  const random = randomStream(seed)
  const all: PackedImages = {
    data: Uint8Array.from({ length: (forget + heldOut + retain) * PIXELS }, (_, index) => {
      const isHeldOut = index >= forget * PIXELS && index < (forget + heldOut) * PIXELS
      return 40 + 150 * random() + (isHeldOut ? heldOutShift : 0)
    }),
    count: forget + heldOut + retain,
    height: 2,
    width: 2,
    channels: 3,
  }
  const part = (from: number, count: number) =>
    selectImages(
      all,
      Array.from({ length: count }, (_, index) => from + index),
    )
  const sets = { forget: part(0, forget), heldOut: part(forget, heldOut), retain: part(forget + heldOut, retain) }
  return {
    ...sets,
    /** Learned everything it was to learn, as deployed before. */
    original: remembering([sets.retain, sets.forget]),
    /** Never saw the forget set. */
    retrained: remembering([sets.retain]),
    /** Made to treat the forget set as stranger than strangers. */
    overForgotten: remembering([sets.retain], [sets.forget]),
    remembering,
    part,
  }
}

const floatsOf = ({ data }: PackedImages) => Float32Array.from(data, (byte) => byte / 255)

/**
 * An encoder that pulls views towards what it remembers and pushes them away from what it shuns, the more the nearer they lie. It is
 * smooth, as networks are.
 */
function remembering(remembered: readonly PackedImages[], shunned: readonly PackedImages[] = []): Embed {
  const known = [
    ...remembered.map((set) => [floatsOf(set), 0.6] as const),
    ...shunned.map((set) => [floatsOf(set), -0.6] as const),
  ]
  const reach = 3 * PIXELS * NOISE ** 2
  const towards = new Float64Array(PIXELS)
  return (images) => {
    const embeddings = new Float32Array(images.length)
    for (let offset = 0; offset < images.length; offset += PIXELS) {
      towards.fill(0)
      let total = 0
      for (const [floats, pull] of known)
        for (let at = 0; at < floats.length; at += PIXELS) {
          let distance = 0
          for (let k = 0; k < PIXELS && distance < reach; k++)
            distance += ((floats[at + k] as number) - (images[offset + k] as number)) ** 2
          if (distance >= reach) continue
          const weight = (1 - distance / reach) ** 2
          total += weight
          for (let k = 0; k < PIXELS; k++)
            towards[k] =
              (towards[k] as number) + pull * weight * ((floats[at + k] as number) - (images[offset + k] as number))
        }
      for (let k = 0; k < PIXELS; k++)
        embeddings[offset + k] = (images[offset + k] as number) + (towards[k] as number) / Math.max(1, total) - 0.45
    }
    return Promise.resolve(embeddings)
  }
}

/** Pooled features of the same network: another smooth function of what it sees. */
export const featuresOf =
  (embed: Embed): Embed =>
  async (images) => {
    const embeddings = await embed(images)
    return embeddings.map((value, index) => 1 + value + 0.5 * (embeddings[index ^ 1] ?? 0) ** 2)
  }

const drawViews: AuditOptions['drawViews'] = (images, seed, view) => {
  const floats = floatsOf(images)
  for (let picture = 0; picture < images.count; picture++) {
    const random = randomStream(seed, view, picture)
    for (let k = 0; k < PIXELS; k++) {
      const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      const value = (floats[picture * PIXELS + k] as number) + NOISE * gauss
      floats[picture * PIXELS + k] = Math.min(1, Math.max(0, value))
    }
  }
  return floats
}

const labelsOf = ({ data, count }: PackedImages) =>
  Int32Array.from({ length: count }, (_, picture) => {
    const [red, green] = [data[picture * PIXELS] as number, data[picture * PIXELS + 1] as number]
    return (red > 115 ? 1 : 0) + (green > 115 ? 2 : 0)
  })

export type ToyWorld = ReturnType<typeof toyWorld>

/** An audit of `after` against `before` in this world. */
export function toyAudit(
  world: ToyWorld,
  before: Embed,
  after: Embed,
  changes: Partial<AuditOptions> = {},
): AuditOptions {
  const model = (role: 'before' | 'after', embed: Embed): AuditedModel => ({
    label: role,
    role,
    method: null,
    embed,
    embedFeatures: featuresOf(embed),
  })
  const set = (images: PackedImages) => ({ images, labels: labelsOf(images) })
  let ticks = 0
  return {
    before: model('before', before),
    after: model('after', after),
    references: [],
    forget: set(world.forget),
    heldOut: set(world.heldOut),
    retain: set(world.retain),
    drawViews,
    policy: AuditPolicy.parse({ version: 1, views: 5, resamples: 200, utilityMargin: 0.15 }),
    method: 'alignment-calibration',
    signal: new AbortController().signal,
    now: () => ticks++,
    ...changes,
  }
}
