import { randomStream, TrainingRecipe, type Framework, type PackedImages, type Samples } from '@lethe/domain'

/** Smooth random pictures, 8×8, few enough to train on in milliseconds. */
export function tinyImages(count: number, seed: number): PackedImages {
  const random = randomStream(seed)
  const data = new Uint8Array(count * 8 * 8 * 3)
  for (let n = 0; n < count; n++) {
    const [red, green, blue, slope] = [random(), random(), random(), random()] as [number, number, number, number]
    for (let pixel = 0; pixel < 64; pixel++) {
      const shade = 40 + 150 * Math.abs(slope - pixel / 64)
      data.set([red * shade, green * shade, blue * shade], (n * 64 + pixel) * 3)
    }
  }
  return { data, count, height: 8, width: 8, channels: 3 }
}

export const tinyRecipe = (changes: Record<string, unknown> = {}): TrainingRecipe =>
  TrainingRecipe.parse({
    framework: 'simclr',
    encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: 8, output: 6 } },
    views: { strength: 0.5 },
    temperature: 0.2,
    epochs: 4,
    batchSize: 8,
    optimizer: { learningRate: 0.05, warmupEpochs: 1 },
    seed: 11,
    ...changes,
  })

/** A clock that ticks once per look, and a signal that nobody aborts. */
export function tinyControl(): { signal: AbortSignal; now: () => number } {
  let ticks = 0
  return { signal: new AbortController().signal, now: () => ticks++ }
}

/** The same pictures, each with a caption of its own. */
export const tinyPairs = (count: number, seed: number): Samples => ({
  ...tinyImages(count, seed),
  captions: Array.from({ length: count }, (_, n) => `${String.fromCodePoint(0xe0 + n).repeat(4)} ${seed}`),
})

/** A tiny run of each framework. */
export const tinyRecipes: Readonly<Record<Framework, TrainingRecipe>> = {
  simclr: tinyRecipe(),
  moco: tinyRecipe({
    framework: 'moco',
    encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: null, output: 6 } },
    queueLength: 16,
    keyMomentum: 0.9,
  }),
  clip: tinyRecipe({
    framework: 'clip',
    encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: null, output: 6 } },
    text: { width: 8, depth: 1, heads: 2, contextLength: 24 },
    optimizer: { kind: 'adamw', learningRate: 0.01, warmupEpochs: 1 },
  }),
}
