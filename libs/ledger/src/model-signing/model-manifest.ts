import { createHash } from 'node:crypto'
import type { Digest } from '@lethe/domain'
import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { canonicalJson } from '../statement/canonical-json.js'
import { readJson } from './read-json.js'

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
const PREDICATE_TYPE = 'https://model_signing/signature/v1.0'
const MAX_FILES = 100_000

/** A file of a model. */
export interface ModelFile {
  /** Relative path with forward slashes. */
  readonly name: string
  readonly digest: Digest
}

/** What a model signature says. */
export interface ModelManifest {
  /** Informative; the digest does not cover it. */
  readonly name: string
  /** In the order of their paths. */
  readonly files: readonly ModelFile[]
  /** Paths that may lie beside the files without being signed; a folder's name stands for all in it. */
  readonly ignoredPaths: readonly string[]
}

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** In-toto Statement of OpenSSF Model Signing v1.0. Members that v1.0 does not name are ignored, as it demands. */
const Statement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: Sha256 }) })).length(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    serialization: z.object({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean(),
      ignore_paths: z.array(z.string()).default([]),
    }),
    resources: z
      .array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: Sha256 }))
      .min(1)
      .max(MAX_FILES),
  }),
})

/**
 * RFC 8785 text of the statement that is signed.
 *
 * @throws DomainError MODEL_FILES_MISMATCH for a name that is not a plain relative path, is there twice or is ignored.
 */
export function modelStatement({ name, files, ignoredPaths }: ModelManifest): string {
  const sorted = [...files].sort((a, b) => comparePaths(a.name, b.name))
  assertFileNames(sorted, ignoredPaths)
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: modelDigest(sorted) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: ignoredPaths,
      },
      resources: sorted.map((file) => ({ name: file.name, algorithm: 'sha256', digest: file.digest })),
    },
  })
}

/** @throws DomainError MODEL_SIGNATURE_MALFORMED, naming the member. */
export function parseModelStatement(payload: string): ModelManifest & { readonly digest: Digest } {
  const parsed = Statement.safeParse(readJson(payload))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw ledgerError(
      'MODEL_SIGNATURE_MALFORMED',
      `What is signed is no statement of OpenSSF Model Signing v1.0 over files by SHA-256: ${issue?.message ?? 'unknown'}.`,
      issue?.path.join('.'),
    )
  }
  const { subject, predicate } = parsed.data
  const files = predicate.resources.map(({ name, digest }) => ({ name, digest: digest as Digest }))
  const digest = modelDigest(files)
  if (subject[0]?.digest.sha256 !== digest)
    throw ledgerError(
      'MODEL_SIGNATURE_MALFORMED',
      'The digest of the model is not that of its files.',
      'subject.0.digest',
    )
  const names = new Set(files.map(({ name }) => name))
  if (names.size !== files.length)
    throw ledgerError('MODEL_SIGNATURE_MALFORMED', 'A file is named twice.', 'predicate.resources')
  return { name: subject[0].name, files, ignoredPaths: predicate.serialization.ignore_paths, digest }
}

/** True for a path that the signature lets lie beside the files. */
export const isIgnored = (name: string, ignoredPaths: readonly string[]): boolean =>
  ignoredPaths.some((ignored) => name === ignored || name.startsWith(`${ignored.replace(/\/+$/, '')}/`))

/** SHA-256 over the bytes of the files' digests, in the order of the statement. */
function modelDigest(files: readonly ModelFile[]): Digest {
  const hash = createHash('sha256')
  for (const { digest } of files) hash.update(digest, 'hex')
  return hash.digest('hex') as Digest
}

function assertFileNames(files: readonly ModelFile[], ignoredPaths: readonly string[]): void {
  for (const [index, { name }] of files.entries()) {
    const isPlain =
      !name.includes('\\') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
    if (isPlain && name !== files[index - 1]?.name && !isIgnored(name, ignoredPaths)) continue
    throw ledgerError(
      'MODEL_FILES_MISMATCH',
      `${JSON.stringify(name)} cannot be signed: a name is a relative path, there once, and not among those left out.`,
      'files',
    )
  }
}

/** Part by part, each by its code points: how the public tool orders paths. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const order = Buffer.compare(Buffer.from(part), Buffer.from(other))
    if (order !== 0) return order
  }
  return left.length - right.length
}
