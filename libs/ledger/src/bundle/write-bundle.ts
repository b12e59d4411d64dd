import { createHash, sign } from 'node:crypto'
import type { Digest } from '@lethe/domain'
import { ledgerError } from '../errors.js'
import { keyHint, signStatement } from '../signing/envelope.js'
import { type LogCheckpoint, parseLogCheckpoint } from '../signing/log-checkpoint.js'
import type { LogSigner } from '../signing/log-key.js'
import { canonicalJson } from '../statement/canonical-json.js'
import { parseStatement, statementLeafHash } from '../statement/statement.js'
import { verifyInclusion } from '../tree/verify-proof.js'
import { type ArchiveFile, writeUstar } from './ustar.js'
import { verifyText } from './verify-text.js'

const FORMAT = 'lethe-bundle/v1'

export interface BundledStatement {
  /** From 1; leaf seq − 1 of the tree. */
  readonly seq: number
  /** The evidence row's body, its very characters. */
  readonly body: string
  /** Audit path in the tree of the checkpoint's size, from the leaf upwards. */
  readonly path: readonly Uint8Array[]
}

export interface BundledAudit {
  /** Inside its request, from 1. */
  readonly number: number
  /** RFC 8785 text of the report: {@link auditReportText}. */
  readonly report: string
  /** The report as a page, by language. */
  readonly pages: Readonly<Record<'en' | 'ja', string>>
  /** Absent where it was deleted or never stored; a verifier then says that the bundle is incomplete. */
  readonly matrices?: Uint8Array | undefined
  readonly data?: Uint8Array | undefined
}

/** All that a bundle is made of. Equal parts and an equal key give equal bytes. */
export interface BundleParts {
  readonly tenantId: string
  readonly erasureRequestId: string
  /** Of the request inside its tenant. */
  readonly number: number
  readonly createdAt: Date
  /** Signed note that covers every statement. */
  readonly checkpoint: string
  readonly statements: readonly BundledStatement[]
  readonly audits: readonly BundledAudit[]
  /** Signatures of model files (OpenSSF Model Signing, Sigstore bundle JSON) by model version. */
  readonly modelSignatures: readonly { readonly modelVersionId: string; readonly signature: Uint8Array }[]
  /** CycloneDX. */
  readonly bom?: Uint8Array | undefined
}

const sha256 = (bytes: Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex') as Digest
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')

/** The characters of `report.json`, whose digest the statement of the audit carries. */
export const auditReportText = (report: object): string => canonicalJson({ ...report })

/**
 * The evidence of one erasure request as one archive: VERIFY.txt, manifest.json, manifest.sig, then everything else in the
 * order of its path. The manifest names every file but itself and its signature.
 *
 * Nothing is bundled that would not verify: every statement is checked against the checkpoint's root.
 *
 * @throws DomainError ROOT_MISMATCH, PROOF_MALFORMED, OUTSIDE_TREE, STATEMENT_MALFORMED, CHECKPOINT_MALFORMED,
 *   NOTE_MALFORMED, BUNDLE_PATH, BUNDLE_TOO_LARGE.
 */
export function writeBundle(parts: BundleParts, signer: LogSigner): Uint8Array {
  const checkpoint = parseLogCheckpoint(parts.checkpoint)
  if (checkpoint.origin !== signer.name)
    throw ledgerError(
      'CHECKPOINT_MALFORMED',
      `A checkpoint of ${checkpoint.origin} cannot be bundled under the key of ${signer.name}.`,
      'checkpoint',
    )
  const statements = [...parts.statements].sort((a, b) => a.seq - b.seq)
  const intro: ArchiveFile = {
    path: 'VERIFY.txt',
    bytes: utf8(verifyText({ origin: checkpoint.origin, number: parts.number })),
  }
  const files = [
    ...statements.map((statement) => statementFile(statement, signer)),
    { path: 'log/checkpoint', bytes: utf8(parts.checkpoint) },
    { path: 'log/proofs.json', bytes: proofsFile(statements, checkpoint) },
    ...parts.audits.flatMap(auditFiles),
    ...parts.modelSignatures.map(({ modelVersionId, signature }) => ({
      path: `models/${modelVersionId}.sig`,
      bytes: signature,
    })),
    ...(parts.bom === undefined ? [] : [{ path: 'bom/ml-bom.cdx.json', bytes: parts.bom }]),
  ].sort((a, b) => (a.path < b.path ? -1 : 1))
  const manifest = manifestFile(parts, [intro, ...files], { checkpoint, signer })
  const signature = { path: 'manifest.sig', bytes: sign(null, manifest.bytes, signer.privateKey) }
  return writeUstar([intro, manifest, signature, ...files])
}

function manifestFile(
  { tenantId, erasureRequestId, number, createdAt }: BundleParts,
  files: readonly ArchiveFile[],
  { checkpoint, signer }: { checkpoint: LogCheckpoint; signer: LogSigner },
): ArchiveFile {
  const manifest = {
    format: FORMAT,
    origin: checkpoint.origin,
    tenantId,
    erasureRequestId,
    number,
    logSize: checkpoint.size,
    createdAt: createdAt.toISOString(),
    keyid: keyHint(signer),
    files: files.map(({ path, bytes }) => ({ path, size: bytes.byteLength, sha256: sha256(bytes) })),
  }
  return { path: 'manifest.json', bytes: utf8(canonicalJson(manifest)) }
}

/** Named by number and kind, so that a folder listing reads like the case's history. */
function statementFile({ seq, body }: BundledStatement, signer: LogSigner): ArchiveFile {
  const { kind } = parseStatement(body)
  const name = `${String(seq).padStart(10, '0')}-${kind.replaceAll('/', '-')}.json`
  return { path: `statements/${name}`, bytes: utf8(canonicalJson({ ...signStatement(body, signer) })) }
}

function proofsFile(statements: readonly BundledStatement[], { size, root }: LogCheckpoint): Uint8Array {
  const entries = statements.map(({ seq, body, path }) => {
    const leafHash = statementLeafHash(body)
    verifyInclusion({ leafHash, index: seq - 1, size, path }, root)
    return { seq, leafHash: hex(leafHash), path: path.map(hex) }
  })
  return utf8(canonicalJson({ treeSize: size, root: hex(root), entries }))
}

const auditFiles = ({ number, report, pages, matrices, data }: BundledAudit): ArchiveFile[] => {
  const folder = `audits/${number}`
  return [
    { path: `${folder}/report.json`, bytes: utf8(report) },
    { path: `${folder}/report.en.html`, bytes: utf8(pages.en) },
    { path: `${folder}/report.ja.html`, bytes: utf8(pages.ja) },
    ...(matrices === undefined ? [] : [{ path: `${folder}/matrices.safetensors`, bytes: matrices }]),
    ...(data === undefined ? [] : [{ path: `${folder}/audit-data.safetensors`, bytes: data }]),
  ]
}
