/** Where everything lies in a bundle (docs/evidence.md); there is nothing else in one. */
export const paths = {
  instructions: 'VERIFY.txt',
  manifest: 'manifest.json',
  manifestSignature: 'manifest.sig',
  checkpoint: 'log/checkpoint',
  proofs: 'log/proofs.json',
  bom: 'bom/ml-bom.cdx.json',
} as const

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const STATEMENT = /^statements\/(\d{10})-[a-z-]+-v\d{1,3}\.json$/
const AUDIT_FILE =
  /^audits\/([1-9]\d{0,5})\/(report\.json|report\.en\.html|report\.ja\.html|matrices\.safetensors|audit-data\.safetensors)$/
const MODEL_SIGNATURE = new RegExp(String.raw`^models/(${UUID})\.sig$`)

export type AuditFile =
  'report.json' | 'report.en.html' | 'report.ja.html' | 'matrices.safetensors' | 'audit-data.safetensors'

export const auditPath = (number: number, file: AuditFile): string => `audits/${number}/${file}`

export const statementPath = (seq: number, kind: string): string =>
  `statements/${String(seq).padStart(10, '0')}-${kind.replaceAll('/', '-')}.json`

export const modelSignaturePath = (modelVersionId: string): string => `models/${modelVersionId}.sig`

/** Sequence number that a statement's path names, or null for other files. */
export const statementSeqOf = (path: string): number | null => {
  const digits = STATEMENT.exec(path)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Number of the audit that a file belongs to, or null. */
export const auditNumberOf = (path: string): number | null => {
  const digits = AUDIT_FILE.exec(path)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Model version whose signature this is, or null. */
export const signedVersionOf = (path: string): string | null => MODEL_SIGNATURE.exec(path)?.[1] ?? null

/** A file that has a place in a bundle. */
export const isBundlePath = (path: string): boolean =>
  (Object.values(paths) as string[]).includes(path) ||
  [STATEMENT, AUDIT_FILE, MODEL_SIGNATURE].some((pattern) => pattern.test(path))
