import { isDomainError } from '@lethe/domain'
import { type LogCheckpoint, verifyLogCheckpoint } from '../signing/log-checkpoint.js'
import type { LogVerifier } from '../signing/log-key.js'
import { parseNote } from '../signing/signed-note.js'
import { verifyConsistency } from '../tree/verify-proof.js'
import { parseLogGrowth } from '../witness/log-growth.js'
import type { Findings } from './findings.js'

/** A row of `log_checkpoint`. */
export interface StoredCheckpoint {
  readonly size: number
  readonly root: Uint8Array
  readonly note: string
  readonly keyId: string
  readonly frontier: unknown
}

/** A checkpoint outside the database. */
export interface OutsideCheckpoint {
  readonly size: number
  readonly note: string
  /** Growth proof published beside it. */
  readonly growth: string | undefined
  /** Where it lies, for people. */
  readonly place: string
}

/** Reads what is signed, wherever it lies; what cannot be believed is a finding and then left aside. */
export class CheckpointCheck {
  #published: LogCheckpoint | undefined
  /** Size of the newest whose publication is complete: its growth proof is the last file to be written. */
  #complete = 0

  constructor(
    private readonly origin: string,
    private readonly trusted: readonly LogVerifier[],
    private readonly findings: Findings,
  ) {}

  stored(checkpoint: StoredCheckpoint): LogCheckpoint | undefined {
    const { size, root, note, keyId } = checkpoint
    const head = this.#verified(size, note, 'database')
    if (head === undefined) return undefined
    if (Buffer.from(head.root).equals(root) && parseNote(note).signatures.some(({ id }) => id === keyId)) return head
    return this.#invalid(size, 'database', 'its row does not say what its signed note says')
  }

  /** In order of size. */
  outside(checkpoint: OutsideCheckpoint): LogCheckpoint | undefined {
    const { size, note, growth, place } = checkpoint
    const head = this.#verified(size, note, place)
    if (head === undefined) return undefined
    if (growth !== undefined) {
      this.#checkGrowth(head, growth, place)
      this.#complete = head.size
    }
    this.#published = head
    return head
  }

  /**
   * What is called the newest, read after all others. An older one there would hide from witnesses that the log had
   * grown; one that is being published at this moment is not called the newest yet.
   */
  latest({ note, place }: { note: string; place: string }): void {
    const newest = this.#complete
    try {
      const { size } = verifyLogCheckpoint(note, this.trusted)
      if (size < newest) this.#invalid(size, place, `it is called the newest, but ${newest} entries were published`)
    } catch (error) {
      if (!isDomainError(error)) throw error
      this.#invalid(newest, place, error.message)
    }
  }

  #verified(size: number, note: string, place: string): LogCheckpoint | undefined {
    try {
      const head = verifyLogCheckpoint(note, this.trusted)
      if (head.origin !== this.origin) return this.#invalid(size, place, `it is of the log ${head.origin}`)
      if (head.size !== size) return this.#invalid(size, place, `it is of ${head.size} entries`)
      return head
    } catch (error) {
      if (!isDomainError(error)) throw error
      return this.#invalid(size, place, error.message)
    }
  }

  #invalid(size: number, place: string, reason: string): undefined {
    this.findings.add({
      code: 'CHECKPOINT_INVALID',
      checkpoint: size,
      place,
      sentence: `The checkpoint of ${size} entries in ${place} is not to be believed: ${reason.replace(/\.$/, '')}.`,
    })
    return undefined
  }

  #checkGrowth(head: LogCheckpoint, text: string, place: string): void {
    const before = this.#published
    try {
      const { oldSize, path, note } = parseLogGrowth(text)
      const proven = verifyLogCheckpoint(note, this.trusted)
      const isOfThis = proven.size === head.size && Buffer.from(proven.root).equals(head.root)
      if (!isOfThis) return this.#badGrowth(head.size, place, 'it is of another checkpoint')
      // Where older files were cleared away, there is nothing to compare the start with.
      if (before === undefined) return
      if (oldSize !== before.size)
        return this.#badGrowth(head.size, place, `it starts at ${oldSize}, the checkpoint before has ${before.size}`)
      verifyConsistency({ first: oldSize, second: head.size, firstRoot: before.root, path }, head.root)
    } catch (error) {
      if (!isDomainError(error)) throw error
      this.#badGrowth(head.size, place, error.message.replace(/\.$/, ''))
    }
  }

  #badGrowth(size: number, place: string, reason: string): void {
    this.findings.add({
      code: 'GROWTH_INVALID',
      checkpoint: size,
      place,
      sentence: `The growth proof beside ${place} does not hold: ${reason}.`,
    })
  }
}
