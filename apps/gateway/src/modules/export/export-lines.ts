import { createHash } from 'node:crypto'
import { canonicalJson } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import { assertStillAllowed } from './assert-still-allowed.js'
import { type ExportName, type ExportSource, exportSources, type Span } from './export-sources.js'

export const exportFormat = 'lethe-export/v1'

/** Bytes of a line's SHA-256 that the manifest keeps, by which a reader finds the line that was changed. */
const markBytes = 6

/**
 * JSON Lines in RFC 8785: a head that says what it is, a row each, and the manifest in a DSSE envelope. The manifest
 * counts the rows, has the digest of all that stands before it and a mark of each line, so a file that was cut off, added to
 * or changed shows, and where. However slowly it is read, a few rows are held and no transaction is open; what changes
 * meanwhile may or may not be seen.
 *
 * Rights are asked anew before each batch.
 *
 * @throws DomainError EXPORT_ENDED where they are gone: the file then has no manifest
 */
export async function* exportLines(scope: Scope, of: ExportName, span: Span): AsyncGenerator<string> {
  const source: ExportSource = exportSources[of]
  const written = new Written()
  const head = { format: exportFormat, of, tenantId: scope.tenantId, exportedAt: scope.now(), ...span }
  yield written.line(head)
  let rows = 0
  let after: string | null = null
  for (;;) {
    const batch: readonly { id: string }[] = await source.read(scope, span, after)
    for (const row of batch) yield written.line(row)
    rows += batch.length
    const last = batch.at(-1)
    await assertStillAllowed(scope)
    if (last === undefined || batch.length < source.batch) break
    after = last.id
  }
  const manifest = plain({ ...head, rows, ...written.digests() })
  yield `${canonicalJson({ manifest: { ...scope.services.exportSigner.sign(manifest) } })}\n`
}

/** Dates become texts, and what is missing is left out. */
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>

/** The lines so far, as digests. */
class Written {
  readonly #hash = createHash('sha256')
  readonly #marks: Buffer[] = []

  line(value: object): string {
    const text = `${canonicalJson(plain(value))}\n`
    this.#hash.update(text)
    this.#marks.push(createHash('sha256').update(text).digest().subarray(0, markBytes))
    return text
  }

  digests(): { sha256: string; lines: string } {
    return { sha256: this.#hash.digest('hex'), lines: Buffer.concat(this.#marks).toString('base64') }
  }
}
