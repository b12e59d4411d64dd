import type { ContentId } from '@lethe/domain'
import { refuse } from './errors.js'
import { readPack, selectImages, writePack, type Pack, type PackSample } from './pack.js'

export interface RedactedPack {
  /** Null where no sample is left. */
  readonly pack: Uint8Array | null
  readonly removed: number
  readonly remaining: number
}

/**
 * A pack without these samples. Every other row keeps its picture, its metadata and its place in the order. Of a pair of
 * twins whose other half goes, the half that stays is no twin any more, but stays in its split: it was never trained on.
 *
 * @throws DomainError PACK_INVALID; PACK_REDACTED_ALREADY where the pack holds none of them
 */
export function redactPack(bytes: Uint8Array, forget: readonly ContentId[]): RedactedPack {
  const pack = readPack(bytes)
  const forgotten = new Set(forget)
  const kept = pack.samples.filter(({ contentId }) => !forgotten.has(contentId))
  const removed = pack.samples.length - kept.length
  if (removed === 0) refuse('PACK_REDACTED_ALREADY', 'The pack holds none of the samples that it is to lose.', 'forget')
  if (kept.length === 0) return { pack: null, removed, remaining: 0 }
  const images = selectImages(pack, ({ contentId }) => !forgotten.has(contentId))
  const redacted = writePack({ images, ...withWholePairs(pack, kept) })
  assertRedacted(pack, readPack(redacted), forgotten)
  return { pack: redacted, removed, remaining: kept.length }
}

/** The commitment to the coins holds for whatever pairs are left. */
function withWholePairs({ twins }: Pack, samples: readonly PackSample[]): Pick<Pack, 'samples' | 'twins'> {
  if (twins === undefined) return { samples }
  const halves = new Map<string, number>()
  for (const { twin } of samples) if (twin !== undefined) halves.set(twin, (halves.get(twin) ?? 0) + 1)
  const isWhole = (name: string | undefined): boolean => name !== undefined && halves.get(name) === 2
  return {
    samples: samples.map(({ twin, ...sample }) => (isWhole(twin) ? { ...sample, twin: twin as string } : sample)),
    twins: { ...twins, pairs: [...halves.keys()].filter(isWhole).length },
  }
}

/** What was written is read again and compared with what it was made of: this is where pictures are really gone. */
function assertRedacted(before: Pack, after: Pack, forgotten: ReadonlySet<ContentId>): void {
  const size = before.images.height * before.images.width * before.images.channels
  const rowOf = ({ images }: Pack, row: number): Uint8Array => images.data.subarray(row * size, (row + 1) * size)
  const kept = before.samples.flatMap(({ contentId }, row) => (forgotten.has(contentId) ? [] : [row]))
  const isFaithful =
    after.samples.length === kept.length &&
    after.images.data.length === kept.length * size &&
    kept.every((row, at) => {
      const [was, is] = [before.samples[row], after.samples[at]]
      return (
        is !== undefined &&
        !forgotten.has(is.contentId) &&
        is.contentId === was?.contentId &&
        Buffer.compare(rowOf(before, row), rowOf(after, at)) === 0
      )
    })
  if (!isFaithful) throw new Error('The redacted pack is not the pack without the forgotten samples.')
}
