import { createHash } from 'node:crypto'
import { leafHash } from '../tree/hash.js'
import { type Findings, type LogFindingCode, rangeSentence } from './findings.js'

/** A row of evidence as it is stored. */
export interface StoredEntry {
  readonly seq: number
  readonly kind: string
  readonly body: string
  readonly leafHash: Uint8Array
  readonly prevHash: Uint8Array
  readonly hash: Uint8Array
}

const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/**
 * What the database computed for a row when it was appended: SHA-256(0x00 ‖ hash of the row before ‖ seq, 8 bytes
 * big-endian ‖ tenant, 16 bytes ‖ SHA-256(kind) ‖ SHA-256(body)).
 */
function chainHash(tenant: Uint8Array, { prevHash, seq, kind, body }: StoredEntry): Buffer {
  const seqBytes = Buffer.alloc(8)
  seqBytes.writeBigInt64BE(BigInt(seq))
  return sha256(Buffer.of(0), prevHash, seqBytes, tenant, sha256(kind), sha256(body))
}

/** Checks each row against itself and the one before it. */
export class EntryChain {
  readonly #tenant: Buffer
  #previous: { seq: number; hash: Uint8Array; isSound: boolean } = { seq: 0, hash: Buffer.alloc(32), isSound: true }

  constructor(
    tenantId: string,
    private readonly findings: Findings,
  ) {
    this.#tenant = Buffer.from(tenantId.replaceAll('-', ''), 'hex')
  }

  /** Rows in order of `seq`. @returns the leaf hash of the body, and how many rows are missing right before it. */
  take(entry: StoredEntry): { leaf: Buffer; missing: number } {
    const previous = this.#previous
    const missing = entry.seq - previous.seq - 1
    if (missing > 0) this.#find('ENTRY_MISSING', previous.seq + 1, entry.seq - 1)
    const leaf = leafHash(Buffer.from(entry.body, 'utf8'))
    const isSound = leaf.equals(entry.leafHash) && chainHash(this.#tenant, entry).equals(entry.hash)
    const isLinked = Buffer.from(previous.hash).equals(entry.prevHash)
    // A row that agrees with itself says truly what it was chained to; so it is the one before that is another now.
    if (missing === 0 && !isLinked && isSound && previous.isSound && previous.seq > 0)
      this.#find('ENTRY_REPLACED', previous.seq, previous.seq)
    if (!isSound || (previous.seq === 0 && missing === 0 && !isLinked))
      this.#find('ENTRY_CHANGED', entry.seq, entry.seq)
    this.#previous = { seq: entry.seq, hash: entry.hash, isSound }
    return { leaf, missing }
  }

  #find(code: LogFindingCode, first: number, last: number): void {
    this.findings.add({ code, entries: [first, last], sentence: rangeSentence(code, [first, last]) ?? '' })
  }
}
