import type { ArtifactStore } from '@lethe/artifacts'
import { Digest } from '@lethe/domain'
import { parseSafetensors, type StoredTensor } from '@lethe/safetensors'
import { encode } from 'fast-png'

const mostPacks = 4
/** A pack stays in memory for so long after it was last asked for, and a pack that an erasure replaced no longer. */
const idleMs = 10 * 60_000

interface Held {
  readonly digest: string
  readonly images: Promise<StoredTensor | null>
  readonly timer: NodeJS.Timeout
}

/** Pictures of dataset packs as PNG. The packs that were asked for last stay in memory for a while, one of each version. */
export class SamplePictures {
  readonly #packs = new Map<string, Held>()

  constructor(private readonly artifacts: ArtifactStore) {}

  /** The picture in a row of a version's pack, or null where there is none. */
  async png(version: { tenantId: string; id: string; packDigest: string }, row: number): Promise<Uint8Array | null> {
    const images = await this.#images(version)
    const [count, height, width, channels] = images?.shape ?? []
    if (images?.dtype !== 'U8' || channels !== 3 || !count || !height || !width || row >= count) return null
    const size = height * width * channels
    return encode({ width, height, channels, depth: 8, data: images.data.subarray(row * size, (row + 1) * size) })
  }

  #images({ tenantId, id, packDigest: digest }: { tenantId: string; id: string; packDigest: string }) {
    const key = `${tenantId}/${id}`
    const held = this.#packs.get(key)
    const images = held?.digest === digest ? held.images : this.#load(tenantId, digest)
    this.#drop(key)
    const timer = setTimeout(() => this.#drop(key), idleMs).unref()
    this.#packs.set(key, { digest, images, timer })
    images.catch(() => this.#drop(key))
    const oldest = this.#packs.keys().next().value
    if (this.#packs.size > mostPacks && oldest !== undefined) this.#drop(oldest)
    return images
  }

  #drop(key: string): void {
    clearTimeout(this.#packs.get(key)?.timer)
    this.#packs.delete(key)
  }

  async #load(tenantId: string, packDigest: string): Promise<StoredTensor | null> {
    const bytes = await this.artifacts.get(tenantId, Digest.parse(packDigest))
    return parseSafetensors(bytes).tensors.get('images') ?? null
  }
}
