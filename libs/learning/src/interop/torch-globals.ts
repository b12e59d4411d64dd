import { elementCount, type Placement } from './foreign-tensor.js'
import { refuse } from './interop-error.js'
import { PickleGlobal, PickleMade, PickleReference, type PickleValue } from './pickle-value.js'

/** A tensor as the pickle of torch.save describes it. */
export class TorchTensor extends PickleMade {
  constructor(
    readonly storage: TorchStorage,
    readonly placement: Placement,
  ) {
    super()
  }
}

/** Elements of one type in a file of their own inside the archive. */
export interface TorchStorage {
  /** Name of the file below `data/`. */
  readonly key: string
  readonly dtype: string
  readonly elements: number
}

export const bytesPerElement: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, I16: 2, I8: 1, U8: 1, BOOL: 1 },
}

const storageTypes = new Map([
  ['torch.FloatStorage', 'F32'],
  ['torch.DoubleStorage', 'F64'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
])

const MAX_RANK = 16

/** What the functions that a state dict needs make of their arguments. Every other name stays a name. */
export function rebuildTorch(name: string, args: readonly PickleValue[]): PickleValue | undefined {
  switch (name) {
    case 'collections.OrderedDict':
      return args.length === 0 ? new Map() : undefined
    case 'torch._utils._rebuild_tensor_v2':
      return tensorFrom(args)
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return args[0] instanceof TorchTensor ? args[0] : undefined
    default:
      return undefined
  }
}

/** _rebuild_tensor_v2(storage, storage_offset, size, stride, …). */
function tensorFrom([reference, offset, shape, strides]: readonly PickleValue[]): TorchTensor | undefined {
  const storage = reference instanceof PickleReference ? storageFrom(reference.id) : undefined
  if (storage === undefined) return undefined
  if (!isCount(offset) || !areCounts(shape) || !areCounts(strides) || shape.length !== strides.length)
    return refuse(
      'INTEROP_TENSOR',
      'A tensor’s offset, sizes and strides must be whole numbers from 0, sizes as many as strides.',
    )
  assertInside({ offset, shape, strides }, storage)
  return new TorchTensor(storage, { offset, shape, strides })
}

/** ('storage', torch.FloatStorage, key, location, elements) */
function storageFrom(id: PickleValue): TorchStorage | undefined {
  if (!Array.isArray(id)) return undefined
  const [tag, type, key, , elements] = id
  const dtype = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined
  if (tag !== 'storage' || dtype === undefined || typeof key !== 'string' || !isCount(elements)) return undefined
  return { key, dtype, elements }
}

const isCount = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0

const areCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount)

function assertInside({ offset, shape, strides }: Placement, { key, elements }: TorchStorage): void {
  const count = elementCount(shape)
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] as number), offset)
  if (count > elements)
    refuse(
      'INTEROP_TENSOR',
      `A tensor of shape [${shape.join(', ')}] repeats the ${elements} elements of storage ${key}; save it with .contiguous().`,
    )
  if (count > 0 && last >= elements)
    refuse(
      'INTEROP_TENSOR',
      `A tensor of shape [${shape.join(', ')}] reaches beyond the ${elements} elements of storage ${key}.`,
    )
}
