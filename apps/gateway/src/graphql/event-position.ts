import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { DomainError } from '@lethe/domain'

/** Where a subscription stands among its tenant's events, as its client sees it: an opaque text. */
export interface EventPositions {
  encode(tenantId: string, sequence: number): string
  /** @throws DomainError EVENT_ID_INVALID for a text that was not made here for this tenant */
  decode(tenantId: string, id: string): number
}

/** The place of one subscription: behind which event it begins, and of which event it spoke last. */
export interface Place {
  /** Sequence of the last event that the client has seen; null when it begins. */
  after: number | null
  /** Sequence that is sent with the next answer. */
  reached: number | null
}

/**
 * Sequences count the events of all tenants, and their growth is nobody's business: an id is one block of AES-128 over
 * 8 bytes that stand for the tenant and 8 of the sequence, so that it tells nothing and fits one tenant only.
 */
export function createEventPositions(secret: string): EventPositions {
  const key = createHash('sha256').update(`event-position\n${secret}`).digest().subarray(0, 16)
  const mark = (tenantId: string): Buffer => createHash('sha256').update(tenantId).digest().subarray(0, 8)
  return {
    encode: (tenantId, sequence) => {
      const block = Buffer.concat([mark(tenantId), Buffer.alloc(8)])
      block.writeBigUInt64BE(BigInt(sequence), 8)
      const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
      return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url')
    },
    decode: (tenantId, id) => {
      const bytes = Buffer.from(id, 'base64url')
      const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
      const block = bytes.length === 16 ? Buffer.concat([decipher.update(bytes), decipher.final()]) : null
      if (!block?.subarray(0, 8).equals(mark(tenantId)))
        throw new DomainError(
          'EVENT_ID_INVALID',
          'Send as `Last-Event-ID` the id of an event of this tenant, unchanged; without it the subscription begins anew.',
        )
      return Number(block.readBigUInt64BE(8))
    },
  }
}
