import type { EncoderConfig } from '@lethe/domain'
import { BATCH_NORM_EPSILON } from '../ops/normalize-batch.js'
import type { ForeignTensor } from './foreign-tensor.js'
import { isFollower } from './resnet-names.js'
import { toOurLayout, type NumberedArray } from './torch-layout.js'

type Tensors = ReadonlyMap<string, ForeignTensor>

/** A projection head that can be expressed in ours, so that it gives the same projections in evaluation. */
export interface FoundHead {
  /** What stands before its numbered layers in the file. */
  readonly prefix: string
  readonly projection: EncoderConfig['projection']
  /** Names in the file that it takes. */
  readonly names: readonly string[]
  /** Ours, by name. */
  read(): ReadonlyMap<string, NumberedArray>
}

/** One numbered layer: a linear one, or a batch norm. */
interface Layer {
  readonly linear: ForeignTensor | null
  readonly part: (leaf: string) => ForeignTensor | undefined
}

const LEAF = /^(.*\.)(\d{1,3})\.(weight|bias|running_mean|running_var|num_batches_tracked)$/
const NO_HEAD = /classif|predict|evaluat|linear_probe|online/i

/**
 * A head of one or two linear layers, with batch norm after them or without, as SimCLR, MoCo v2 and lightly have it; a ReLU
 * is taken to stand between. Null where the file has none that stands on `features` values, or several.
 */
export function findHead(
  tensors: Tensors,
  names: readonly string[],
  features: number,
  owner: string,
): FoundHead | null {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const prefix = LEAF.exec(name)?.[1]
    if (prefix === undefined || NO_HEAD.test(prefix)) continue
    const group = groups.get(prefix)
    if (group === undefined) groups.set(prefix, [name])
    else group.push(name)
  }
  const heads = [...groups].flatMap(([prefix, members]) => readHead(tensors, prefix, members, features) ?? [])
  const owned = owner === '' ? [] : heads.filter(({ prefix }) => prefix.startsWith(owner))
  const candidates = owned.length > 0 ? owned : heads.filter(({ prefix }) => !isFollower(prefix))
  return candidates.length === 1 ? (candidates[0] ?? null) : null
}

function readHead(tensors: Tensors, prefix: string, names: readonly string[], features: number): FoundHead | null {
  const numbers = [...new Set(names.map((name) => Number(LEAF.exec(name)?.[2])))].sort((a, b) => a - b)
  const layers = numbers.map((number) => layerOf(tensors, `${prefix}${number}`))
  const form = layers.map(({ linear }) => (linear === null ? 'n' : 'l')).join('')
  const linears = layers.flatMap(({ linear }) => linear ?? [])
  const widths = [features, ...linears.map(({ shape }) => shape[0] as number)]
  if (!/^ln?ln?$|^l$/.test(form) || !fits(layers, widths)) return null
  const [, first, second] = widths as [number, number, number | undefined]
  if (second === undefined && !hasNoBias(layers[0] as Layer)) return null
  const projection = second === undefined ? { hidden: null, output: first } : { hidden: first, output: second }
  return { prefix, projection, names, read: () => ourHead(layers) }
}

function layerOf(tensors: Tensors, path: string): Layer {
  const part = (leaf: string) => tensors.get(`${path}.${leaf}`)
  return { linear: part('running_mean') === undefined ? (part('weight') ?? null) : null, part }
}

/** Whether every layer takes what the one before it gives; `widths` are the linear layers' inputs and outputs in turn. */
function fits(layers: readonly Layer[], widths: readonly number[]): boolean {
  let at = 0
  return layers.every(({ linear, part }) => {
    if (linear !== null) at += 1
    const isLinear = linear === null || (linear.shape.length === 2 && linear.shape[1] === widths[at - 1])
    const vectors = ['bias', 'running_mean', 'running_var', ...(linear === null ? ['weight'] : [])].map(part)
    return isLinear && vectors.every((vector) => vector === undefined || vector.shape.join() === String(widths[at]))
  })
}

const hasNoBias = ({ part }: Layer): boolean =>
  part('bias')
    ?.read()
    .every((value) => value === 0) ?? true

/**
 * Ours has no biases, and a batch norm after both linear layers. A bias before a batch norm moves its mean; where there is no
 * batch norm, one that changes nothing carries the bias.
 */
function ourHead(layers: readonly Layer[]): Map<string, NumberedArray> {
  const arrays = new Map<string, NumberedArray>()
  const isSingle = layers.length === 1
  layers.forEach(({ linear, part }, index) => {
    if (linear === null) return
    const place = arrays.has('head.linear0.kernel') ? 1 : 0
    arrays.set(`head.linear${place}.kernel`, toOurLayout({ shape: linear.shape, data: linear.read() }))
    const next = layers[index + 1]
    const norm = next?.linear === null ? next.part : undefined
    if (isSingle) return
    for (const [leaf, data] of Object.entries(normOf(linear.shape[0] as number, part('bias')?.read(), norm)))
      arrays.set(`head.norm${place}.${leaf}`, { shape: [data.length], data })
  })
  return arrays
}

function normOf(
  width: number,
  bias: Float32Array | undefined,
  norm: Layer['part'] | undefined,
): Record<string, Float32Array> {
  const filled = (value: number) => new Float32Array(width).fill(value)
  const shift = bias ?? filled(0)
  if (norm === undefined)
    return { gamma: filled(1), beta: shift, mean: filled(0), variance: filled(1 - BATCH_NORM_EPSILON) }
  return {
    gamma: norm('weight')?.read() ?? filled(1),
    beta: norm('bias')?.read() ?? filled(0),
    mean: (norm('running_mean')?.read() ?? filled(0)).map((mean, index) => mean - (shift[index] as number)),
    variance: norm('running_var')?.read() ?? filled(1),
  }
}
