import { randomStream } from '@lethe/domain'

/** One named array of a network. Names and shapes are the checkpoint's format: changing them breaks old checkpoints. */
export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  /** `fan-in` draws from U(−1/√fanIn, 1/√fanIn), PyTorch's default for convolutions and linear layers. */
  readonly initial: 'fan-in' | 'zeros' | 'ones'
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

/** Initial values of the parameter at `position` of its network. */
export function initialValues({ shape, initial }: Parameter, seed: number, position: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  if (initial !== 'fan-in') return values.fill(initial === 'ones' ? 1 : 0)
  const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1)
  const random = randomStream(seed, position)
  return values.map(() => (2 * random() - 1) / Math.sqrt(fanIn))
}
