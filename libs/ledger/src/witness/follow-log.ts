import { isDomainError } from '@lethe/domain'
import { ledgerError } from '../errors.js'
import { type LogCheckpoint, verifyLogCheckpoint } from '../signing/log-checkpoint.js'
import type { LogVerifier } from '../signing/log-key.js'
import { verifyConsistency } from '../tree/verify-proof.js'
import { type LogGrowth, parseLogGrowth } from './log-growth.js'

/** Where a log publishes its checkpoints. Nothing that it says is believed. */
export interface PublishedLog {
  /** The newest signed note. */
  latest(): Promise<string>
  /** The growth proof of the checkpoint of this size; undefined where none is published. */
  growth(size: number): Promise<string | undefined>
}

export interface Followed {
  readonly head: LogCheckpoint
  /** Note of `head`, as the log signed it. */
  readonly note: string
  /** Checkpoints that were verified on the way from `seen`; 0 when nothing is new. */
  readonly steps: number
  /** True when the past could not be verified, because no head was seen before and no proof from the beginning is published. */
  readonly isFirstSight: boolean
}

/**
 * Goes from the head that was seen last to the newest one, back over the published growth proofs and forward again, and
 * accepts only a log that kept everything. Without `seen` it goes back to the empty tree, or as far as proofs reach.
 *
 * @throws DomainError LOG_FORKED, LOG_ROLLED_BACK, GROWTH_UNPROVEN, and what notes and proofs are refused with. After any
 *   of them the head that was seen stays the one to keep.
 */
export async function followLog(
  log: PublishedLog,
  seen: LogCheckpoint | undefined,
  trusted: readonly LogVerifier[],
): Promise<Followed> {
  const note = await log.latest()
  const newest = verifyLogCheckpoint(note, trusted)
  if (seen !== undefined) assertSameLog(seen, newest)
  if (seen?.size === newest.size) {
    assertSameHead(seen, newest)
    return { head: newest, note, steps: 0, isFirstSight: false }
  }
  const { growths, reached } = await walkBack(log, newest, seen)
  let head = seen
  for (const growth of growths) head = grow(head, growth, verifyLogCheckpoint(growth.note, trusted))
  if (head !== undefined) assertSameHead(head, newest)
  return { head: newest, note, steps: Math.max(1, growths.length), isFirstSight: seen === undefined && reached > 0 }
}

/** Growth proofs from `seen` (or the beginning) to `newest`, oldest first; `reached` is the size that they start from. */
async function walkBack(log: PublishedLog, newest: LogCheckpoint, seen: LogCheckpoint | undefined) {
  const growths: LogGrowth[] = []
  let reached = newest.size
  while (reached > (seen?.size ?? 0)) {
    const text = await log.growth(reached)
    if (text === undefined) {
      if (seen === undefined) break
      throw ledgerError(
        'GROWTH_UNPROVEN',
        `Nothing proves how the log came to ${reached} entries; have the proof of that checkpoint published again.`,
        String(reached),
      )
    }
    const growth = parseLogGrowth(text)
    if (growth.oldSize >= reached)
      throw ledgerError(
        'GROWTH_MALFORMED',
        `The growth proof of ${reached} starts at ${growth.oldSize}.`,
        String(reached),
      )
    growths.unshift(growth)
    reached = growth.oldSize
  }
  if (seen !== undefined && reached !== seen.size) throw forked(seen, `the published checkpoints pass over that size`)
  return { growths, reached }
}

function grow(seen: LogCheckpoint | undefined, { oldSize, path }: LogGrowth, next: LogCheckpoint): LogCheckpoint {
  if (seen === undefined) return next
  assertSameLog(seen, next)
  if (oldSize !== seen.size)
    throw ledgerError(
      'GROWTH_MALFORMED',
      `A growth proof starts at ${oldSize} where ${seen.size} was reached.`,
      'growth',
    )
  try {
    verifyConsistency({ first: seen.size, second: next.size, firstRoot: seen.root, path }, next.root)
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw forked(seen, `the tree of ${next.size} does not begin with it`)
  }
  return next
}

function assertSameLog(seen: LogCheckpoint, next: LogCheckpoint): void {
  if (next.origin !== seen.origin)
    throw ledgerError('LOG_FORKED', `This is the log ${next.origin}, not ${seen.origin}.`, 'origin')
  if (next.size < seen.size)
    throw ledgerError(
      'LOG_ROLLED_BACK',
      `The log ${seen.origin} had ${seen.size} entries when it was last seen, and shows ${next.size} now.`,
      'size',
    )
}

function assertSameHead(seen: LogCheckpoint, next: LogCheckpoint): void {
  if (next.size !== seen.size || !Buffer.from(seen.root).equals(next.root))
    throw forked(seen, `another head of ${next.size} is signed`)
}

const forked = ({ origin, size }: LogCheckpoint, how: string) =>
  ledgerError(
    'LOG_FORKED',
    `The log ${origin} was rewritten: its head of ${size} entries was seen, and ${how}.`,
    'root',
  )
