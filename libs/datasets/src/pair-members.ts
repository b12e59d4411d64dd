import { refuse } from './errors.js'
import type { TarMember } from './read-tar.js'
import { cutText, MAX_KEY } from './sources/cut-text.js'
import type { Fault } from './sources/sample-source.js'

export interface SamplePair {
  readonly key: string
  readonly picture: Uint8Array
  readonly json: Uint8Array
}

interface Half {
  picture?: Uint8Array
  json?: Uint8Array
}

/** Halves that wait for the other one, all together. */
const MAX_WAITING_BYTES = 64 * 2 ** 20
const MAX_WAITING = 10_000

/** Longest JSON beside a picture. */
export const MAX_JSON_BYTES = 64 * 1024

export const pictureTypes: ReadonlySet<string> = new Set(['png', 'jpg', 'jpeg', 'webp'])

/** WebDataset: the key ends with the first dot of the file's name. */
export function splitName(name: string): { key: string; extension: string } {
  const path = name.replace(/^\.\//, '')
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1)
  if (dot < 0) return { key: path, extension: '' }
  return { key: path.slice(0, dot), extension: path.slice(dot + 1).toLowerCase() }
}

/** Brings each picture together with its JSON, in whatever order they come, in bounded memory. */
export class MemberPairs {
  readonly #waiting = new Map<string, Half>()
  readonly #settled = new Map<string, 'paired' | 'refused'>()
  #waitingBytes = 0

  /** @returns a pair when this member completes one, a fault when it cannot be used, or null while it waits. */
  add({ name, bytes, size }: TarMember): SamplePair | Fault | null {
    const { key, extension } = splitName(name)
    const fault = (reason: string): Fault => ({ key: cutText(key, MAX_KEY), reason })
    const part = extension === 'json' ? 'json' : pictureTypes.has(extension) ? 'picture' : null
    if (part === null) return fault(`A .${cutText(extension, 20)} file is neither a picture (png, jpg, webp) nor JSON.`)
    if (key === '' || key.length > MAX_KEY) return fault(`The name must have 1 to ${MAX_KEY} characters.`)
    const half = this.#waiting.get(key) ?? {}
    // The other half of a sample that was refused already; it counts once.
    if (this.#settled.get(key) === 'refused') return null
    if (this.#settled.has(key) || half[part])
      return fault(`A second ${part === 'json' ? 'JSON' : 'picture'} of the same name.`)
    if (bytes === null) {
      this.#settle(key, half, 'refused')
      return fault(`The file has ${size} bytes, more than are read.`)
    }
    const { picture, json }: Half = part === 'json' ? { ...half, json: bytes } : { ...half, picture: bytes }
    if (picture && json) {
      this.#settle(key, half, 'paired')
      return { key, picture, json }
    }
    half[part] = bytes
    this.#wait(key, half, bytes.length)
    return null
  }

  /** What is left when the archive has ended. */
  leftovers(): Fault[] {
    return [...this.#waiting].map(([key, half]) => ({
      key,
      reason: half.picture ? 'The JSON beside the picture is missing.' : 'The picture beside the JSON is missing.',
    }))
  }

  #wait(key: string, half: Half, size: number): void {
    this.#waiting.set(key, half)
    this.#waitingBytes += size
    if (this.#waiting.size > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES)
      refuse('TAR_ORDER', 'Too many pictures lie far from their JSON. Sort the archive by name and upload it again.')
  }

  #settle(key: string, half: Half, outcome: 'paired' | 'refused'): void {
    this.#settled.set(key, outcome)
    if (this.#waiting.delete(key)) this.#waitingBytes -= (half.picture?.length ?? 0) + (half.json?.length ?? 0)
  }
}
