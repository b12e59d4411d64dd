import { sign, verify } from 'node:crypto'
import { dsse } from '@sigstore/core'
import type { Digest } from '@lethe/domain'
import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from '../signing/base64.js'
import { canonicalJson } from '../statement/canonical-json.js'
import type { ModelSigner, ModelVerifier } from './model-key.js'
import { isIgnored, type ModelFile, type ModelManifest, modelStatement, parseModelStatement } from './model-manifest.js'
import { readJson } from './read-json.js'

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** Sigstore bundle v0.3 with a public key. Releases before 1.1 of the public tool write the key itself and no hint. */
const Bundle = z.object({
  mediaType: z.literal(MEDIA_TYPE),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string().nullish() }) }),
  dsseEnvelope: z.object({
    payload: z.string(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: z.string() })).length(1),
  }),
})

export interface SignedModel extends ModelManifest {
  /** SHA-256 over the files' digests. */
  readonly digest: Digest
  readonly signedBy: ModelVerifier
}

/**
 * Signs a model's files: OpenSSF Model Signing v1.0, a Sigstore bundle in JSON with DSSE around an in-toto statement. The
 * public tool checks it with `model_signing verify key`.
 *
 * @throws DomainError MODEL_FILES_MISMATCH for names that cannot be signed
 */
export function signModel(manifest: ModelManifest, signer: ModelSigner): string {
  const payload = Buffer.from(modelStatement(manifest))
  const signature = sign(signer.digestAlgorithm, dsse.preAuthEncoding(PAYLOAD_TYPE, payload), signer.privateKey)
  return canonicalJson({
    mediaType: MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: signer.hint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  })
}

/**
 * What a signature says, when one of `trusted` made it. The key is never taken from the signature.
 *
 * @param files all that lie in the model's folder, if they are at hand: every signed one must be there with its digest,
 *   and nothing else but what the signature leaves out
 * @throws DomainError MODEL_SIGNATURE_MALFORMED, UNTRUSTED, SIGNATURE_INVALID, MODEL_FILES_MISMATCH naming the first file
 */
export function verifyModelSignature(
  signature: string,
  trusted: readonly ModelVerifier[],
  files?: readonly ModelFile[],
): SignedModel {
  const { hint, payload, sig } = readBundle(signature)
  const candidates = trusted.filter((key) => hint == null || hint === '' || key.hint === hint)
  const signed = dsse.preAuthEncoding(PAYLOAD_TYPE, payload)
  const signedBy = candidates.find((key) => verify(key.digestAlgorithm, signed, key.publicKey, sig))
  if (candidates.length === 0)
    throw ledgerError('UNTRUSTED', 'The signature names a key that is none of those trusted.', 'verificationMaterial')
  if (signedBy === undefined)
    throw ledgerError(
      'SIGNATURE_INVALID',
      'The signature is not over this statement: one of them was changed.',
      'dsseEnvelope.signatures',
    )
  const manifest = parseModelStatement(payload.toString('utf8'))
  if (files !== undefined) assertFiles(manifest, files)
  return { ...manifest, signedBy }
}

function readBundle(text: string): { hint: string | null | undefined; payload: Buffer; sig: Buffer } {
  const parsed = Bundle.safeParse(readJson(text))
  const envelope = parsed.data?.dsseEnvelope
  const payload = envelope && bytesFromBase64(envelope.payload)
  const sig = envelope && bytesFromBase64(envelope.signatures[0]?.sig ?? '')
  if (parsed.success && payload !== undefined && sig !== undefined)
    return { hint: parsed.data.verificationMaterial.publicKey.hint, payload, sig }
  const issue = parsed.error?.issues[0]
  throw ledgerError(
    'MODEL_SIGNATURE_MALFORMED',
    `Not a model signature by a key (a Sigstore bundle v0.3 in JSON): ${issue?.message ?? 'no base64'}.`,
    issue?.path.join('.') || 'signature',
  )
}

function assertFiles(manifest: ModelManifest, files: readonly ModelFile[]): void {
  const present = new Map(files.map(({ name, digest }) => [name, digest]))
  for (const { name, digest } of manifest.files) {
    const found = present.get(name)
    if (found === undefined) throw mismatch(name, 'is signed and missing')
    if (found !== digest) throw mismatch(name, 'is not the file that was signed')
    present.delete(name)
  }
  const unsigned = [...present.keys()].find((name) => !isIgnored(name, manifest.ignoredPaths))
  if (unsigned !== undefined) throw mismatch(unsigned, 'is not signed')
}

const mismatch = (name: string, what: string) =>
  ledgerError('MODEL_FILES_MISMATCH', `${name} ${what}.`, `files.${name}`)
