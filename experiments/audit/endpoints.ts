import { AUDIT_EPOCH, type AuditOptions, type DrawViews, type Embed } from '@lethe/audit'
import { randomStream, selectImages, type PackedImages, type RandomStream } from '@lethe/domain'

// Endpoints that answer otherwise than the model behind them would: what an audit must not believe.

/** Numbers of one picture of these experiments. */
const PICTURE = 16 * 16 * 3

const gaussian = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Adds noise of this share of each embedding's length; `streamOf` says whether a question gets the same noise again. */
const withNoise =
  (embed: Embed, share: number, streamOf: (picture: Float32Array) => RandomStream): Embed =>
  async (images) =>
    mapRows(await embed(images), images, (row, picture) => {
      const random = streamOf(picture)
      const scale = (share * Math.hypot(...row)) / Math.sqrt(row.length)
      return row.map((value) => value + scale * gaussian(random))
    })

/** Noise that is new each time. */
export function withFreshNoise(embed: Embed, share: number, seed: number): Embed {
  const random = randomStream(seed)
  return withNoise(embed, share, () => random)
}

/** Noise that the picture's bytes decide: the same question gets the same answer. */
export const withNoiseOfPicture = (embed: Embed, share: number): Embed =>
  withNoise(embed, share, (picture) => randomStream(...wordsOf(picture)))

/** Unit embeddings, every number rounded to a multiple of `step`. */
export const withRounding =
  (embed: Embed, step: number): Embed =>
  async (images) =>
    mapRows(await embed(images), images, (row) => {
      const length = Math.hypot(...row)
      return row.map((value) => step * Math.round(value / length / step))
    })

/**
 * Knows every view that the audit will ask of `known`, to the last bit, and answers as for the stand-in of each picture (at
 * least as many);
 * anything else is answered honestly.
 */
export async function fromTable(
  embed: Embed,
  known: PackedImages,
  standIns: PackedImages,
  drawViews: DrawViews,
  policy: AuditOptions['policy'],
): Promise<Embed> {
  const table = new Map<string, Float32Array>()
  const rows = Int32Array.from({ length: known.count }, (_, k) => k)
  const shown = selectImages(standIns, rows)
  const size = known.height * known.width * known.channels
  for (let view = 0; view < policy.views; view++) {
    const asked = drawViews(known, policy.seed, view, AUDIT_EPOCH)
    const answers = await embed(drawViews(shown, policy.seed, view, AUDIT_EPOCH))
    const width = answers.length / known.count
    for (let picture = 0; picture < known.count; picture++)
      table.set(
        keyOf(asked.subarray(picture * size, (picture + 1) * size)),
        answers.slice(picture * width, (picture + 1) * width),
      )
  }
  return async (images) => mapRows(await embed(images), images, (row, picture) => table.get(keyOf(picture)) ?? row)
}

/**
 * Recognises pictures however they are drawn, by features nearer to a known picture's than to any other's, and spreads its
 * answers about them `factor` times as far from their centre, as if it did not know them so well. The answers stay smooth:
 * no question to a black box can rule this out.
 */
export async function bySpreading(
  model: { readonly embed: Embed; readonly embedFeatures: Embed },
  known: PackedImages,
  others: PackedImages,
  factor: number,
): Promise<Embed> {
  const floatsOf = ({ data }: PackedImages) => Float32Array.from(data, (byte) => byte / 255)
  const recognised = unitRows(await model.embedFeatures(floatsOf(known)), known.count)
  const unknown = unitRows(await model.embedFeatures(floatsOf(others)), others.count)
  const centres = unitRows(await model.embed(floatsOf(known)), known.count)
  const size = known.height * known.width * known.channels
  return async (images) => {
    const features = unitRows(await model.embedFeatures(images), images.length / size)
    let asked = 0
    return mapRows(await model.embed(images), images, (row) => {
      const own = features[asked++] as Float32Array
      const best = nearest(own, recognised)
      if (best.cosine <= nearest(own, unknown).cosine) return row
      const length = Math.hypot(...row)
      const centre = centres[best.index] as Float32Array
      return row.map((value, k) => (centre[k] as number) + factor * (value / length - (centre[k] as number)))
    })
  }
}

function unitRows(values: Float32Array, count: number): Float32Array[] {
  const width = values.length / count
  return Array.from({ length: count }, (_, row) => {
    const part = values.slice(row * width, (row + 1) * width)
    const length = Math.hypot(...part)
    return part.map((value) => value / length)
  })
}

function nearest(row: Float32Array, rows: readonly Float32Array[]): { index: number; cosine: number } {
  let best = { index: 0, cosine: -2 }
  rows.forEach((other, index) => {
    let cosine = 0
    for (let k = 0; k < row.length; k++) cosine += (row[k] as number) * (other[k] as number)
    if (cosine > best.cosine) best = { index, cosine }
  })
  return best
}

const wordsOf = (picture: Float32Array) => new Int32Array(picture.slice().buffer)
const keyOf = (picture: Float32Array) => Buffer.from(picture.slice().buffer).toString('latin1')

/** Every row of an answer, with the picture that was asked about. */
function mapRows(
  answer: Float32Array,
  images: Float32Array,
  change: (row: Float32Array, picture: Float32Array) => Float32Array,
  pictureSize = PICTURE,
): Float32Array {
  const count = images.length / pictureSize
  const width = answer.length / count
  const changed = new Float32Array(answer.length)
  for (let row = 0; row < count; row++)
    changed.set(
      change(answer.slice(row * width, (row + 1) * width), images.subarray(row * pictureSize, (row + 1) * pictureSize)),
      row * width,
    )
  return changed
}
