import type { AuditTwins } from '@lethe/audit'
import { readPack, type Pack, type PackSample } from '@lethe/datasets'
import {
  assignTwins,
  DomainError,
  pairTwins,
  selectImages,
  verifyTwinCommitment,
  type ContentId,
  type Digest,
} from '@lethe/domain'

/** What a pack commits to, without reading its pictures; null where it has no twins. @throws DomainError PACK_INVALID. */
export const readTwinCommitment = (pack: Uint8Array): Digest | null => readPack(pack).twins?.commitment ?? null

/** A share of ½ cannot be told from anything with fewer pairs. */
const FEWEST_PAIRS = 2

/**
 * The pairs of a pack whose trained half is to be forgotten, as an audit asks for them; null where there are none. The coins are tossed
 * again from the revealed seed and must fall as they did at enrolment.
 * @throws DomainError TWINS_MISMATCH.
 */
export function chooseTwins(pack: Pack, seed: Uint8Array | null, forget: readonly ContentId[]): AuditTwins | null {
  if (pack.twins === undefined || seed === null) return null
  if (!verifyTwinCommitment(seed, pack.twins.commitment))
    throw mismatch('The seed of the twins is not the one that the dataset was committed to.')
  const paired = pack.samples.filter(({ twin }) => twin !== undefined)
  const dealt = assignTwins(pairTwins(paired.map(candidateOf), 'metadata'), seed)
  const splits = new Map(paired.map(({ contentId, split }) => [contentId, split]))
  if (
    dealt.length !== pack.twins.pairs ||
    dealt.some(({ member, twin }) => splits.get(member) !== 'train' || splits.get(twin) !== 'twin')
  )
    throw mismatch('The twins of this dataset were not dealt by the coins that it was committed to.')
  const forgotten = new Set(forget)
  const audited = dealt.filter(({ member }) => forgotten.has(member))
  if (audited.length < FEWEST_PAIRS) return null
  return {
    members: inOrder(
      pack,
      audited.map(({ member }) => member),
    ),
    twins: inOrder(
      pack,
      audited.map(({ twin }) => twin),
    ),
    revealed: {
      pairs: pack.twins.pairs,
      commitment: pack.twins.commitment,
      seed: Buffer.from(seed).toString('hex'),
    },
  }
}

const mismatch = (message: string) => new DomainError('TWINS_MISMATCH', message, 'pack.twins')

const candidateOf = ({ contentId, twin }: PackSample) => ({
  contentId,
  twin: twin ?? null,
  nearDuplicateOf: null,
  isTrained: true,
})

/** Pictures of these samples, in this order. */
function inOrder({ images, samples }: Pack, contentIds: readonly ContentId[]): AuditTwins['members'] {
  const rows = new Map(samples.map(({ contentId }, row) => [contentId, row]))
  return selectImages(
    images,
    contentIds.map((contentId) => rows.get(contentId) as number),
  )
}
