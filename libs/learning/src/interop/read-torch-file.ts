import { decodeFloats, elementCount, type ForeignTensor } from './foreign-tensor.js'
import { refuse } from './interop-error.js'
import { PickleGlobal, PickleOpaque, type PickleValue } from './pickle-value.js'
import { readPickle } from './read-pickle.js'
import { readZip, type ZipEntry } from './read-zip.js'
import { bytesPerElement, rebuildTorch, TorchTensor, type TorchStorage } from './torch-globals.js'

export interface TorchFile {
  /** By the keys that lead to each from the outermost dictionary, joined by dots: `state_dict.backbone.conv1.weight`. */
  readonly tensors: ReadonlyMap<string, ForeignTensor>
  /** Classes and functions that the file names and that were neither run nor looked up, sorted. */
  readonly unread: readonly string[]
}

const MAX_PICKLE_BYTES = 64 * 2 ** 20
/** Deeper dictionaries are not looked into; weights lie at most three deep. */
const MAX_DEPTH = 8
const MAX_KEY_LENGTH = 512
/** A file without members that are shared cannot have more: its pickle has no more instructions. */
const MAX_MEMBERS = 2_000_000

/**
 * Reads what torch.save of PyTorch 1.6 or later wrote: a state dict, or dictionaries around some, as checkpoints of Lightning
 * and of training scripts are. No code of the file is run and no name in it looked up.
 * @throws DomainError INTEROP_*
 */
export function readTorchFile(bytes: Uint8Array): TorchFile {
  const entries = readZip(bytes)
  const folder = archiveFolder(entries)
  const pickle = entries.get(`${folder}data.pkl`) as ZipEntry
  if (pickle.size > MAX_PICKLE_BYTES)
    refuse('INTEROP_LIMIT', `The pickle has ${pickle.size} bytes; at most ${MAX_PICKLE_BYTES} are read.`)
  const root = readPickle(pickle.read(), { rebuild: rebuildTorch })
  if (!(root instanceof Map)) refuse('INTEROP_FORMAT', notADictionary(root))
  const { tensors, unread } = collect(root)
  return {
    tensors: new Map([...tensors].map(([name, tensor]) => [name, foreignTensor(name, tensor, entries, folder)])),
    unread: [...unread].sort(),
  }
}

/** The one folder of the archive that holds `data.pkl`, with its slash. */
function archiveFolder(entries: ReadonlyMap<string, ZipEntry>): string {
  const folders = [...entries.keys()].flatMap((name) => /^([^/]+\/)data\.pkl$/.exec(name)?.[1] ?? [])
  const [folder] = folders
  if (folder === undefined || folders.length > 1)
    return refuse('INTEROP_FORMAT', 'This zip archive was not written by torch.save: it has no data.pkl, or several.')
  if (entries.has(`${folder}constants.pkl`))
    return refuse('INTEROP_FORMAT', 'This is a TorchScript program; save its state_dict() with torch.save.')
  const order = entries.get(`${folder}byteorder`)?.read()
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    return refuse('INTEROP_FORMAT', 'The tensors are not little-endian; save them again on an ordinary machine.')
  return folder
}

const notADictionary = (root: PickleValue): string =>
  root instanceof PickleOpaque
    ? `The file holds an object of ${root.name}, which only its own code could read; save its state_dict().`
    : 'The file holds no dictionary of tensors; save a state_dict().'

/** All tensors below nested dictionaries, which may refer to themselves or to one another many times over: hence the bounds. */
function collect(root: PickleValue): { tensors: Map<string, TorchTensor>; unread: Set<string> } {
  const tensors = new Map<string, TorchTensor>()
  const unread = new Set<string>()
  let seen = 0
  const visit = (value: PickleValue, path: readonly string[]): void => {
    if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return
    seen += sizeOf(value)
    if (seen > MAX_MEMBERS)
      refuse('INTEROP_LIMIT', 'The lists and dictionaries of the file refer to one another too many times over.')
    if (value instanceof PickleOpaque || value instanceof PickleGlobal) unread.add(value.name)
    else if (value instanceof TorchTensor) {
      const name = path.join('.')
      if (tensors.has(name)) refuse('INTEROP_NAMES', `Two tensors of the file are called ${name}.`)
      tensors.set(name, value)
    } else for (const [key, member] of membersOf(value)) visit(member, [...path, key])
  }
  visit(root, [])
  return { tensors, unread }
}

const sizeOf = (value: PickleValue): number =>
  (Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0) + 1

function membersOf(value: PickleValue): [string, PickleValue][] {
  if (Array.isArray(value)) return value.map((member, index) => [String(index), member])
  if (!(value instanceof Map)) return []
  return [...value].flatMap(([key, member]) =>
    (typeof key === 'string' && key.length <= MAX_KEY_LENGTH) || typeof key === 'number' ? [[String(key), member]] : [],
  )
}

function foreignTensor(
  name: string,
  { storage, placement }: TorchTensor,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
): ForeignTensor {
  return {
    dtype: storage.dtype,
    shape: placement.shape,
    bytes: elementCount(placement.shape) * (bytesPerElement[storage.dtype] as number),
    read: () => decodeFloats(storage.dtype, storageBytes(storage, entries, folder), placement, name),
  }
}

function storageBytes(
  { key, dtype, elements }: TorchStorage,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
): Uint8Array {
  const entry = entries.get(`${folder}data/${key}`)
  const size = elements * (bytesPerElement[dtype] as number)
  if (entry?.size !== size)
    return refuse(
      'INTEROP_TENSOR',
      `Storage ${key} should have ${size} bytes; the archive holds ${entry?.size ?? 'none'}.`,
    )
  return entry.read()
}
