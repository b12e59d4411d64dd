import { z } from 'zod'
import type { StoredEntry } from './entry-chain.js'
import type { Findings } from './findings.js'

/** How a blob is found: as its digest says, with other bytes, or not at all. */
export type BlobState = 'sound' | 'changed' | 'missing'

/** Kinds by which something is made, and the subjects of each that are blobs of their own: a report is a row. */
const making: ReadonlyMap<string, RegExp> = new Map([
  ['dataset-registered/v1', /^dataset-version\/[^/]+\/pack$/],
  ['dataset-redacted/v1', /^dataset-version\/[^/]+\/pack$/],
  ['model-trained/v1', /^model-version\/[^/]+\/(?:weights|state|signature)$/],
  ['model-unlearned/v1', /^model-version\/[^/]+\/(?:weights|state|signature)$/],
  // It also names weights, which others made and may have been destroyed since.
  ['audit-completed/v1', /^audit\/[^/]+\/(?:matrices|data)$/],
])

const Named = z.object({
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })),
})
const Receipt = z.object({
  predicate: z.object({
    store: z.string(),
    things: z.array(z.object({ thing: z.string(), digest: z.string().optional() })),
  }),
})

interface Known {
  readonly seq: number
  readonly name: string
  readonly isDeleted: boolean
}

/** What the evidence of a log says is kept, and what it has receipts for; the newest word on a digest counts. */
export class KeptBlobs {
  readonly #known = new Map<string, Known>()

  constructor(private readonly findings: Findings) {}

  /** In the order of the log. What is malformed was found by others. */
  take({ seq, kind, body }: StoredEntry): void {
    const blobName = making.get(kind)
    const isReceipt = kind === 'data-deleted/v1'
    if (blobName === undefined && !isReceipt) return
    const statement = parsed(body)
    if (isReceipt) {
      const { data } = Receipt.safeParse(statement)
      if (data?.predicate.store !== 'artifacts') return
      for (const { thing, digest } of data.predicate.things)
        if (digest !== undefined) this.#known.set(digest, { seq, name: thing, isDeleted: true })
      return
    }
    for (const { name, digest } of Named.safeParse(statement).data?.subject ?? [])
      if (blobName?.test(name) === true) this.#known.set(digest.sha256, { seq, name, isDeleted: false })
  }

  /** Looks at each of them, one after the other. @returns how many there are. */
  async compare(look: (digest: string) => Promise<BlobState>): Promise<number> {
    for (const [digest, { seq, name, isDeleted }] of this.#known) {
      const state = await look(digest)
      const place = `artifacts/${digest}`
      const entries = [seq, seq] as const
      if (isDeleted && state !== 'missing')
        this.findings.add({
          code: 'BLOB_UNDELETED',
          entries,
          place,
          sentence: `${digest} (${name}) is stored, though entry ${seq} is the receipt that it was deleted.`,
        })
      else if (!isDeleted && state !== 'sound')
        this.findings.add({
          code: state === 'missing' ? 'BLOB_MISSING' : 'BLOB_CHANGED',
          entries,
          place,
          sentence:
            state === 'missing'
              ? `${digest} (${name}), which entry ${seq} names, is not stored, and no receipt says that it was deleted.`
              : `What is stored under ${digest} (${name}, entry ${seq}) does not have that digest.`,
        })
    }
    return this.#known.size
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
