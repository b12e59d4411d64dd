import { createHash } from 'node:crypto'
import { canonicalJson } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import { type ExportName, type ExportSource, exportSources, type Span } from './export-sources.js'

export const exportFormat = 'lethe-export/v1'

/**
 * JSON Lines in RFC 8785: a head that says what it is, a row each, and the manifest in a DSSE envelope. The manifest
 * counts the rows and has the digest of all that stands before it, so a file that was cut off, added to or changed shows.
 * However slowly it is read, a few rows are held and no transaction is open; what changes meanwhile may or may not be seen.
 */
export async function* exportLines(scope: Scope, of: ExportName, span: Span): AsyncGenerator<string> {
  const source: ExportSource = exportSources[of]
  const hash = createHash('sha256')
  const line = (value: object): string => {
    const text = `${canonicalJson(JSON.parse(JSON.stringify(value)) as Record<string, unknown>)}\n`
    hash.update(text)
    return text
  }
  const head = { format: exportFormat, of, tenantId: scope.tenantId, exportedAt: scope.now(), ...span }
  yield line(head)
  let rows = 0
  let after: string | null = null
  for (;;) {
    const batch: readonly { id: string }[] = await source.read(scope, span, after)
    for (const row of batch) yield line(row)
    rows += batch.length
    const last = batch.at(-1)
    if (last === undefined || batch.length < source.batch) break
    after = last.id
  }
  const manifest = JSON.parse(JSON.stringify({ ...head, rows, sha256: hash.digest('hex') })) as Record<string, unknown>
  yield `${canonicalJson({ manifest: { ...scope.services.exportSigner.sign(manifest) } })}\n`
}
