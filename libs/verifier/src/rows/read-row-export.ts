import { z } from 'zod'
import { type DsseEnvelope, parseEnvelope } from '../bundle/envelope.js'
import { bytesFromBase64 } from '../encoding/base64.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { hexFromBytes } from '../encoding/hex.js'
import { endsWithNewline, linesOf } from '../encoding/json-lines.js'
import { refuse } from '../verifier-error.js'

const FORMAT = 'lethe-export/v1'
const MANIFEST_TYPE = 'application/vnd.lethe.export-manifest+json'
/** Longer than any first line. */
const LONGEST_HEAD = 65_536
/** Of each line's SHA-256, in the manifest. */
const MARK_BYTES = 6

const head = {
  format: z.literal(FORMAT),
  of: z.string().min(1),
  tenantId: z.string().min(1),
  exportedAt: z.iso.datetime(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
}
const Head = z.strictObject(head)
const Manifest = z.strictObject({
  ...head,
  rows: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  lines: z.string(),
})
export type RowManifest = z.infer<typeof Manifest>

/** An export of rows as it was saved; nothing of it is believed yet. */
export interface RowExport {
  readonly head: z.infer<typeof Head>
  /** The first line and the rows, with their newlines. */
  readonly lines: readonly Uint8Array[]
  /** Null where the file ends without one: it was cut off. */
  readonly manifest: SignedManifest | 'malformed' | null
  /** Number of the manifest's line, or of the last line where there is none. */
  readonly lastLine: number
  /** Lines behind the manifest. */
  readonly stray: number
}

export interface SignedManifest {
  readonly envelope: DsseEnvelope
  readonly said: RowManifest
  /** Of each line, in hex. */
  readonly marks: readonly string[]
}

/** True for text whose first line is the head of an export of rows, of whatever version. */
export function isRowExport(bytes: Uint8Array): boolean {
  const [first] = linesOf(bytes.subarray(0, LONGEST_HEAD))
  const value = first === undefined ? null : parseCanonicalJson(first)
  const format = value !== null && typeof value === 'object' ? (value as { format?: unknown }).format : undefined
  return typeof format === 'string' && format.startsWith('lethe-export/')
}

/**
 * JSON Lines as `/v1/exports/…` gives them.
 * @throws DomainError FORMAT_UNKNOWN, MANIFEST_MALFORMED
 */
export function readRowExport(bytes: Uint8Array): RowExport {
  const all = [...linesOf(bytes)]
  const first = parseCanonicalJson(all[0] ?? new Uint8Array())
  if ((first as { format?: unknown }).format !== FORMAT)
    refuse('FORMAT_UNKNOWN', `This verifier knows exports of the format ${FORMAT} only.`, 'line 1')
  const parsed = Head.safeParse(first)
  if (!parsed.success)
    refuse('MANIFEST_MALFORMED', 'The first line of the export does not say what it is an export of.', 'line 1')
  const at = all.findIndex((line) => startsManifest(line))
  const isCut = at === -1 || (at === all.length - 1 && !endsWithNewline(bytes))
  const rows = at === -1 ? all : all.slice(0, at)
  return {
    head: parsed.data,
    lines: rows.map((line) => bytes.subarray(line.byteOffset - bytes.byteOffset, endOf(line, bytes))),
    manifest: isCut ? null : readManifest(all[at] ?? new Uint8Array()),
    lastLine: at === -1 ? all.length : at + 1,
    stray: at === -1 ? 0 : all.length - at - 1,
  }
}

/** Behind the newline of a line, where it has one. */
const endOf = (line: Uint8Array, bytes: Uint8Array): number =>
  Math.min(line.byteOffset - bytes.byteOffset + line.length + 1, bytes.length)

const MANIFEST_START = new TextEncoder().encode('{"manifest":')

/** No row has this member first, so that a manifest that was changed is still taken for one. */
const startsManifest = (line: Uint8Array): boolean => MANIFEST_START.every((byte, at) => line[at] === byte)

function readManifest(line: Uint8Array): SignedManifest | 'malformed' {
  const value = z.strictObject({ manifest: z.unknown() }).safeParse(parseCanonicalJson(line))
  const envelope = value.success ? parseEnvelope(value.data.manifest, MANIFEST_TYPE) : null
  const said = envelope === null ? undefined : Manifest.safeParse(parseCanonicalJson(envelope.payload)).data
  const marks = bytesFromBase64(said?.lines ?? '?')
  if (envelope === null || said === undefined || marks === null || marks.length % MARK_BYTES !== 0) return 'malformed'
  return { envelope, said, marks: inParts(marks) }
}

const inParts = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / MARK_BYTES }, (_, at) =>
    hexFromBytes(bytes.subarray(at * MARK_BYTES, (at + 1) * MARK_BYTES)),
  )

/** How the manifest marks a line, of its SHA-256 in hex. */
export const markOf = (digest: string): string => digest.slice(0, 2 * MARK_BYTES)
