import { randomStream, type RandomStream } from '@lethe/domain'

/** One named array of a network. Names and shapes are the checkpoint's format: changing them breaks old checkpoints. */
export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  /**
   * `fan-in` draws from U(−1/√fanIn, 1/√fanIn), PyTorch's default for convolutions and linear layers; `fan-out` from
   * N(0, 2/fanOut), torchvision's for ResNet; `narrow` from N(0, 0.02²), usual for transformers.
   */
  readonly initial: 'fan-in' | 'fan-out' | 'narrow' | 'zeros' | 'ones'
  /** False for running statistics, which no gradient reaches. */
  readonly trainable: boolean
}

export const kernel = (name: string, shape: readonly number[]): Parameter => ({
  name: `${name}.kernel`,
  shape,
  initial: 'fan-in',
  trainable: true,
})

export const batchNorm = (name: string, channels: number): Parameter[] => [
  { name: `${name}.gamma`, shape: [channels], initial: 'ones', trainable: true },
  { name: `${name}.beta`, shape: [channels], initial: 'zeros', trainable: true },
  { name: `${name}.mean`, shape: [channels], initial: 'zeros', trainable: false },
  { name: `${name}.variance`, shape: [channels], initial: 'ones', trainable: false },
]

/** Weights [in, out] and bias [out] of a layer of a transformer. */
export const linear = (name: string, inputs: number, outputs: number): Parameter[] => [
  { name: `${name}.kernel`, shape: [inputs, outputs], initial: 'narrow', trainable: true },
  { name: `${name}.bias`, shape: [outputs], initial: 'zeros', trainable: true },
]

export const layerNorm = (name: string, width: number): Parameter[] => [
  { name: `${name}.gamma`, shape: [width], initial: 'ones', trainable: true },
  { name: `${name}.beta`, shape: [width], initial: 'zeros', trainable: true },
]

/** Initial values of the parameter at `position` of its network. */
export function initialValues({ shape, initial }: Parameter, seed: number, position: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  if (initial === 'zeros' || initial === 'ones') return values.fill(initial === 'ones' ? 1 : 0)
  const random = randomStream(seed, position)
  if (initial === 'fan-in') {
    const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1)
    return values.map(() => (2 * random() - 1) / Math.sqrt(fanIn))
  }
  const fanOut = (shape.at(-1) as number) * shape.slice(0, -2).reduce((product, size) => product * size, 1)
  const deviation = initial === 'narrow' ? 0.02 : Math.sqrt(2 / fanOut)
  return values.map(() => deviation * drawNormal(random))
}

/** One draw from N(0, 1) (Box and Muller 1958). */
const drawNormal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
