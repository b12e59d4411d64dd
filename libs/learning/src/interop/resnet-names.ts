import type { ForeignTensor } from './foreign-tensor.js'
import { refuse } from './interop-error.js'

type Tensors = ReadonlyMap<string, ForeignTensor>

/** A ResNet's tensors under torchvision's names, and where they lay. */
export interface FoundBackbone {
  /** What stands before each of its names in the file. */
  readonly prefix: string
  /** By torchvision's names: `conv1.weight`, `layer1.0.downsample.1.running_mean`. */
  readonly tensors: Tensors
  /** The names in the file of all other tensors. */
  readonly others: readonly string[]
}

const leaves: readonly (readonly [ours: string, torch: string])[] = [
  ['kernel', 'weight'],
  ['gamma', 'weight'],
  ['beta', 'bias'],
  ['mean', 'running_mean'],
  ['variance', 'running_var'],
]

/** `encoder.layer1.0.bn1.gamma` → `layer1.0.bn1.weight`. */
export function toTorchvision(name: string): string {
  const [, path, leaf] = /^encoder\.(.+)\.([^.]+)$/.exec(name) ?? []
  if (path === undefined || leaf === undefined) throw new RangeError(`${name} is no parameter of an encoder`)
  return `${path}.${torchLeaf(leaf)}`
}

/** `gamma` → `weight`. */
export function torchLeaf(leaf: string): string {
  const torch = leaves.find(([ours]) => ours === leaf)?.[1]
  if (torch === undefined) throw new RangeError(`PyTorch’s layers have no ${leaf}`)
  return torch
}

/** Places of a torchvision ResNet in `nn.Sequential(*list(resnet.children())[:-1])`, as lightly's examples build it. */
const sequence: readonly (readonly [module: string, place: number])[] = [
  ['conv1', 0],
  ['bn1', 1],
  ['layer1', 4],
  ['layer2', 5],
  ['layer3', 6],
  ['layer4', 7],
]

/** `layer1.0.bn1.weight` → `backbone.4.0.bn1.weight`. */
export function toLightly(torchvision: string): string {
  const [module, ...rest] = torchvision.split('.')
  const place = sequence.find(([name]) => name === module)?.[1]
  return ['backbone', place, ...rest].join('.')
}

/**
 * The one ResNet in the file, by torchvision's names or numbered as lightly's examples number it, whatever stands before
 * them. Copies that follow another slowly (MoCo's `encoder_k`, `backbone_momentum`, `teacher`) do not count, unless asked
 * for by `prefix`.
 * @throws DomainError INTEROP_NAMES
 */
export function findBackbone(tensors: Tensors, prefix?: string): FoundBackbone {
  const found = prefixesOf(tensors)
  const asked = found.filter((candidate) => (prefix === undefined ? !isFollower(candidate) : candidate === prefix))
  const candidates = asked.length === 0 && prefix === undefined ? found : asked
  const [only] = candidates
  if (only === undefined)
    return refuse(
      'INTEROP_NAMES',
      `No ResNet was found${prefix === undefined ? '' : ` under ${prefix}`}; the file holds ${listed([...tensors.keys()])}.`,
    )
  if (candidates.length > 1)
    return refuse(
      'INTEROP_NAMES',
      `The file holds several ResNets; name one as prefix: ${listed(candidates.map((name) => `"${name}"`))}.`,
    )
  return gather(tensors, only)
}

const MAX_NETWORKS = 64
const FOLLOWER = /(^|[._])(encoder_k|key|momentum|target|teacher|ema)([._]|$)/

/** Whether a name belongs to a network that follows another and is not trained itself. */
export const isFollower = (name: string): boolean => FOLLOWER.test(name)

/** The first few, and how many more. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '') || 'nothing'

/** What stands before each first convolution of a ResNet. */
function prefixesOf(tensors: Tensors): string[] {
  const starts = [...tensors].flatMap(([name, { shape }]) => {
    const [, prefix, module] = /^(|.*\.)(conv1|0)\.weight$/.exec(name) ?? []
    return prefix !== undefined && shape.length === 4 && shape[1] === 3 ? [{ prefix, isNumbered: module === '0' }] : []
  })
  if (starts.length > MAX_NETWORKS) refuse('INTEROP_LIMIT', `The file holds ${starts.length} first convolutions.`)
  return starts.flatMap(({ prefix, isNumbered }) =>
    stagesUnder(tensors, prefix, isNumbered).length > 0 ? [prefix] : [],
  )
}

/** Names of the stages, in order: `layer1`… or the numbers of a Sequential. */
function stagesUnder(tensors: Tensors, prefix: string, isNumbered: boolean): string[] {
  const stage = isNumbered ? /^(\d{1,3})\.0\.conv1\.weight$/ : /^(layer\d)\.0\.conv1\.weight$/
  const names = [...tensors.keys()].flatMap((name) =>
    name.startsWith(prefix) ? (stage.exec(name.slice(prefix.length))?.[1] ?? []) : [],
  )
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

function gather(tensors: Tensors, prefix: string): FoundBackbone {
  const isNumbered = !tensors.has(`${prefix}conv1.weight`)
  const stages = stagesUnder(tensors, prefix, isNumbered)
  const modules = new Map([
    ...(isNumbered
      ? ([
          ['0', 'conv1'],
          ['1', 'bn1'],
        ] as const)
      : ([
          ['conv1', 'conv1'],
          ['bn1', 'bn1'],
        ] as const)),
    ...stages.map((stage, index) => [stage, `layer${index + 1}`] as const),
  ])
  const own = new Map<string, ForeignTensor>()
  const others: string[] = []
  for (const [name, tensor] of tensors) {
    const [module, ...rest] = name.startsWith(prefix) ? name.slice(prefix.length).split('.') : []
    const known = module === undefined ? undefined : modules.get(module)
    if (known === undefined) others.push(name)
    else if (rest.at(-1) !== 'num_batches_tracked') own.set([known, ...rest.map(currentName)].join('.'), tensor)
  }
  return { prefix, tensors: own, others }
}

/** ResNets for CIFAR, lightly's among them, call the downsampling path `shortcut`. */
const currentName = (segment: string): string => (segment === 'shortcut' ? 'downsample' : segment)
