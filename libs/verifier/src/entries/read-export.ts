import { z } from 'zod'
import { bytesFromBase64 } from '../encoding/base64.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { linesOf } from '../encoding/json-lines.js'
import { parseCheckpoint } from '../log/log-checkpoint.js'
import { finding, type Finding } from '../report/finding.js'
import { refuse } from '../verifier-error.js'
import type { LogEntries, LogEntry, LogHead } from './log-entries.js'

const FORMAT = 'lethe-evidence-export/v1'
/** Longer than any manifest. */
const LONGEST_MANIFEST = 65_536

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  origin: z.string().min(1),
  treeSize: z.int().min(1),
  checkpoint: z.string(),
  filter: z.record(z.string(), z.string()),
  entries: z.int().min(0),
})

const Line = z.strictObject({
  seq: z.int().min(1),
  kind: z.string(),
  body: z.string(),
  /** From the leaf upwards; absent where every entry is there. */
  path: z.array(z.string()).max(64).optional(),
})

/** True for text whose first line is the manifest of an export, of whatever version. */
export function isExport(bytes: Uint8Array): boolean {
  const [first] = linesOf(bytes.subarray(0, LONGEST_MANIFEST))
  const value = first === undefined ? null : parseCanonicalJson(first)
  const format = value !== null && typeof value === 'object' ? (value as { format?: unknown }).format : undefined
  return typeof format === 'string' && format.startsWith('lethe-evidence-export/')
}

/**
 * JSON Lines as `/v1/evidence/export` gives them.
 * @throws DomainError FORMAT_UNKNOWN, MANIFEST_MALFORMED
 */
export function readExport(bytes: Uint8Array): LogEntries {
  const lines = linesOf(bytes)
  const manifest = readManifest(lines.next().value)
  const { treeSize, checkpoint, entries: promised, filter, origin } = manifest
  const head: LogHead = {
    where: 'line 1',
    checkpoint: parseCheckpoint(checkpoint),
    stated: { sizes: [treeSize], origin },
  }
  // Nobody's filter, but perhaps the reach of whoever asked, chose where entries bring their own proofs.
  const [, firstLine] = linesOf(bytes)
  const isWhole = Object.keys(filter).length === 0 && firstLine !== undefined && !hasPath(firstLine)
  const entries: LogEntry[] = []
  const findings: Finding[] = []
  let last = 0
  let number = 1
  for (const line of lines) {
    number += 1
    const entry = readLine(`line ${number}`, line, { head, isWhole })
    if ('code' in entry) {
      findings.push(entry)
      continue
    }
    const isInPlace = isWhole ? entry.seq === last + 1 : entry.seq > last
    if (!isInPlace) findings.push(finding('EXPORT_DISORDERED', entry.where, entry.seq))
    last = entry.seq
    entries.push(entry)
  }
  const found = number - 1
  if (found < promised || (isWhole && promised < treeSize))
    findings.push(finding('EXPORT_CUT', `line ${number}`, promised))
  if (found > promised) findings.push(finding('EXPORT_DISORDERED', `line ${number}`, last))
  return { source: 'export', entries, heads: [head], isWhole, findings }
}

function readManifest(line: Uint8Array | undefined): z.infer<typeof Manifest> {
  const value = line === undefined ? null : parseCanonicalJson(line)
  if (typeof value === 'object' && value !== null && (value as { format?: unknown }).format !== FORMAT)
    refuse('FORMAT_UNKNOWN', `This verifier knows exports of the format ${FORMAT} only.`, 'line 1')
  const manifest = Manifest.safeParse(value)
  if (!manifest.success)
    refuse('MANIFEST_MALFORMED', 'The first line of the export is not the manifest that was written.', 'line 1')
  return manifest.data
}

function readLine(
  where: string,
  line: Uint8Array,
  { head, isWhole }: { head: LogHead; isWhole: boolean },
): LogEntry | Finding {
  const parsed = Line.safeParse(parseCanonicalJson(line))
  if (!parsed.success) return finding('ENTRY_MALFORMED', where, parsed.error.issues[0]?.path.join('.'))
  const { seq, kind, body, path } = parsed.data
  const hashes = path?.map(bytesFromBase64)
  if ((hashes === undefined) !== isWhole || hashes?.includes(null) === true)
    return finding('ENTRY_MALFORMED', where, 'path')
  return {
    where,
    seq,
    body: new TextEncoder().encode(body),
    stated: { kind },
    path: hashes === undefined ? null : hashes.filter((hash) => hash !== null),
    head,
  }
}

function hasPath(line: Uint8Array): boolean {
  const value = parseCanonicalJson(line)
  return typeof value === 'object' && value !== null && 'path' in value
}
