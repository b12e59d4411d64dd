import type { ArtifactStore } from '@lethe/artifacts'
import { Digest } from '@lethe/domain'
import { parseSafetensors, type StoredTensor } from '@lethe/safetensors'
import { encode } from 'fast-png'

const mostPacks = 4

/** Pictures of dataset packs as PNG. The packs that were asked for last stay in memory. */
export class SamplePictures {
  readonly #packs = new Map<string, Promise<StoredTensor | null>>()

  constructor(private readonly artifacts: ArtifactStore) {}

  /** The picture in a row of a pack, or null where there is none. */
  async png(tenantId: string, packDigest: string, row: number): Promise<Uint8Array | null> {
    const images = await this.#images(tenantId, packDigest)
    const [count, height, width, channels] = images?.shape ?? []
    if (images?.dtype !== 'U8' || channels !== 3 || !count || !height || !width || row >= count) return null
    const size = height * width * channels
    return encode({ width, height, channels, depth: 8, data: images.data.subarray(row * size, (row + 1) * size) })
  }

  #images(tenantId: string, packDigest: string): Promise<StoredTensor | null> {
    const key = `${tenantId}/${packDigest}`
    const images = this.#packs.get(key) ?? this.#load(tenantId, packDigest)
    this.#packs.delete(key)
    this.#packs.set(key, images)
    images.catch(() => this.#packs.delete(key))
    const oldest = this.#packs.keys().next().value
    if (this.#packs.size > mostPacks && oldest !== undefined) this.#packs.delete(oldest)
    return images
  }

  async #load(tenantId: string, packDigest: string): Promise<StoredTensor | null> {
    const bytes = await this.artifacts.get(tenantId, Digest.parse(packDigest))
    return parseSafetensors(bytes).tensors.get('images') ?? null
  }
}
