import { z } from 'zod'
import { paths } from '../archive/bundle-paths.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { refuse } from '../verifier-error.js'

const FORMAT = 'lethe-bundle/v1'
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** Name of the log, and so of its keys. */
  origin: z.string().min(1).max(512),
  tenantId: z.uuid(),
  erasureRequestId: z.uuid(),
  number: z.int().min(1),
  /** Entries of the log that the checkpoint covers. */
  logSize: z.int().min(0),
  createdAt: z.iso.datetime(),
  /** Which key signed: `name+id`. */
  keyid: z.string().min(1).max(512),
  files: z
    .array(z.strictObject({ path: z.string().max(100), size: z.int().min(0), sha256: Sha256 }))
    .max(10_000)
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, 'a path is there twice'),
})
export type Manifest = z.infer<typeof Manifest>

/** @throws DomainError MANIFEST_MISSING, FORMAT_UNKNOWN, MANIFEST_MALFORMED. */
export function readManifest(bytes: Uint8Array | undefined): Manifest {
  if (bytes === undefined)
    refuse('MANIFEST_MISSING', 'The archive has no manifest.json: it is no evidence bundle.', paths.manifest)
  const value = parseCanonicalJson(bytes)
  const format = (value as { format?: unknown } | null)?.format
  if (typeof format === 'string' && format !== FORMAT && /^lethe-bundle\/v\d{1,6}$/.test(format))
    refuse(
      'FORMAT_UNKNOWN',
      `The bundle has the format ${format}; this verifier knows ${FORMAT}. Take the release that wrote it.`,
      paths.manifest,
    )
  const parsed = Manifest.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.join('.') ?? ''
    return refuse(
      'MANIFEST_MALFORMED',
      value === null
        ? 'The manifest is not canonical JSON (RFC 8785): it was changed.'
        : `The manifest is not what a manifest is: ${issue?.message ?? 'unknown'}.`,
      place === '' ? paths.manifest : `${paths.manifest}#${place}`,
    )
  }
  if (!parsed.data.origin.endsWith(`/log/${parsed.data.tenantId}`))
    refuse('MANIFEST_MALFORMED', 'The manifest names the log of another tenant.', `${paths.manifest}#origin`)
  return parsed.data
}
