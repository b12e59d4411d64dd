import { z } from 'zod'
import { DomainError } from './errors.js'
import { ContentId, Digest } from './ids.js'
import { hmacSha256, sha256 } from './sha-256.js'

/** Which samples are twins: those whose metadata name one `twin`, or a sample and the earlier one that it resembles. */
export const TwinPairing = z.enum(['metadata', 'near-duplicate'])
export type TwinPairing = z.infer<typeof TwinPairing>

/** What is on record of a dataset whose twins were dealt by coins, before anything was trained on it. */
export const TwinCommitment = z.object({
  pairing: TwinPairing,
  pairs: z.int().min(0),
  /** SHA-256 of the seed; the seed itself is revealed to the audit. */
  commitment: Digest,
})
export type TwinCommitment = z.infer<typeof TwinCommitment>

/** Bytes of a seed: as much as its commitment hides. */
export const TWIN_SEED_BYTES = 32

/** Two samples, `first` having the smaller content id, so that the pair says nothing of its coin. */
export interface TwinPair {
  readonly first: ContentId
  readonly second: ContentId
}

export interface DealtTwins {
  /** Stays in training. */
  readonly member: ContentId
  /** Never trained on. */
  readonly twin: ContentId
}

export const commitToTwinSeed = (seed: Uint8Array): Digest => {
  if (seed.length !== TWIN_SEED_BYTES)
    throw new DomainError('TWIN_SEED_INVALID', `A seed of twins has ${TWIN_SEED_BYTES} random bytes.`, 'seed')
  return sha256(seed)
}

export const verifyTwinCommitment = (seed: Uint8Array, commitment: string): boolean =>
  seed.length === TWIN_SEED_BYTES && commitToTwinSeed(seed) === commitment

export interface TwinCandidate {
  readonly contentId: ContentId
  /** Name of the pair in the sample's metadata. */
  readonly twin: string | null
  readonly nearDuplicateOf: ContentId | null
  /** Only samples that could be trained on have a coin to lose. */
  readonly isTrained: boolean
}

/**
 * The pairs among these samples, each sample in one at most, in the order of their content ids.
 * @throws DomainError TWINS_INVALID where metadata name a pair that does not have two samples.
 */
export function pairTwins(samples: readonly TwinCandidate[], pairing: TwinPairing): TwinPair[] {
  const pairs = pairing === 'metadata' ? pairsByName(samples) : pairsByResemblance(samples)
  return pairs
    .map(([a, b]) => (a < b ? { first: a, second: b } : { first: b, second: a }))
    .sort((a, b) => (a.first < b.first ? -1 : 1))
}

type Couple = readonly [ContentId, ContentId]

function pairsByName(samples: readonly TwinCandidate[]): Couple[] {
  const named = new Map<string, ContentId[]>()
  for (const { contentId, twin, isTrained } of samples)
    if (twin !== null && isTrained) named.set(twin, [...(named.get(twin) ?? []), contentId])
  return [...named].map(([name, members]) => {
    const [first, second] = members
    if (members.length !== 2 || first === undefined || second === undefined)
      throw new DomainError(
        'TWINS_INVALID',
        `"${name}" is the twin of ${members.length} samples of the train split; give each pair a name of its own.`,
        'twin',
      )
    return [first, second]
  })
}

/** In the order given: a sample whose elder is free is paired with it. */
function pairsByResemblance(samples: readonly TwinCandidate[]): Couple[] {
  const free = new Set(samples.filter(({ isTrained }) => isTrained).map(({ contentId }) => contentId))
  const pairs: Couple[] = []
  for (const { contentId, nearDuplicateOf } of samples) {
    if (nearDuplicateOf === null || !free.has(contentId) || !free.has(nearDuplicateOf)) continue
    free.delete(contentId)
    free.delete(nearDuplicateOf)
    pairs.push([nearDuplicateOf, contentId])
  }
  return pairs
}

/** Tosses the coin of every pair: a bit of HMAC-SHA-256 under the seed, so that whoever knows the seed can toss it again. */
export const assignTwins = (pairs: readonly TwinPair[], seed: Uint8Array): DealtTwins[] =>
  pairs.map(({ first, second }) => {
    const coin = hmacSha256(seed, `lethe-twins/1\n${first}\n${second}`)
    return ((coin[0] as number) & 1) === 1 ? { member: first, twin: second } : { member: second, twin: first }
  })
