import { z } from 'zod'
import { preAuthEncoding } from '../bundle/envelope.js'
import { sha256Hex } from '../crypto/digest.js'
import { verifyEcdsa } from '../crypto/ecdsa.js'
import { bytesFromBase64 } from '../encoding/base64.js'
import { textFromUtf8 } from '../encoding/canonical-json.js'
import { bytesFromHex } from '../encoding/hex.js'

/** Sigstore bundle v0.3 with a public key. */
const Bundle = z.object({
  mediaType: z.literal('application/vnd.dev.sigstore.bundle.v0.3+json'),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string().nullish() }) }),
  dsseEnvelope: z.object({
    payload: z.string(),
    payloadType: z.literal('application/vnd.in-toto+json'),
    signatures: z.array(z.object({ sig: z.string() })).length(1),
  }),
})

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** OpenSSF Model Signing v1.0; members that it does not name are ignored, as it demands. */
const Statement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: Sha256 }) })]),
  predicateType: z.literal('https://model_signing/signature/v1.0'),
  predicate: z.object({
    serialization: z.object({ method: z.literal('files'), hash_type: z.literal('sha256') }),
    resources: z
      .array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: Sha256 }))
      .min(1)
      .max(100_000),
  }),
})

export interface SignedModel {
  /** SHA-256 of each file by its name. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * The files that a model signature covers, when one of these keys made it.
 * @param keys SubjectPublicKeyInfo of keys on P-256, P-384 or P-521
 */
export async function readModelSignature(
  bytes: Uint8Array,
  keys: readonly Uint8Array[],
): Promise<SignedModel | 'malformed' | 'untrusted' | 'invalid'> {
  const parsed = Bundle.safeParse(parseJson(bytes))
  const { payload: encoded = '?', signatures } = parsed.data?.dsseEnvelope ?? {}
  const payload = bytesFromBase64(encoded)
  const signature = bytesFromBase64(signatures?.[0]?.sig ?? '?')
  if (!parsed.success || payload === null || signature === null) return 'malformed'
  const hint = parsed.data.verificationMaterial.publicKey.hint ?? ''
  const candidates = []
  for (const key of keys) if (hint === '' || hint === (await hintOf(key))) candidates.push(key)
  if (candidates.length === 0) return 'untrusted'
  const signed = preAuthEncoding(payload)
  for (const key of candidates) if (await verifyEcdsa(key, signed, signature)) return await readFiles(payload)
  return 'invalid'
}

async function readFiles(payload: Uint8Array): Promise<SignedModel | 'malformed'> {
  const parsed = Statement.safeParse(parseJson(payload))
  if (!parsed.success) return 'malformed'
  const { subject, predicate } = parsed.data
  // The model's own digest is over those of its files, in their order.
  const digests = predicate.resources.map(({ digest }) => bytesFromHex(digest) ?? new Uint8Array())
  const files = new Map(predicate.resources.map(({ name, digest }) => [name, digest]))
  const isWhole = files.size === digests.length && subject[0].digest.sha256 === (await sha256Hex(...digests))
  return isWhole ? { files } : 'malformed'
}

/** How the public tool names a key: SHA-256, in hex, of its PEM. */
async function hintOf(spki: Uint8Array): Promise<string> {
  const base64 = btoa(String.fromCharCode(...spki))
  const lines = base64.match(/.{1,64}/g) ?? []
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`
  return sha256Hex(new TextEncoder().encode(pem))
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textFromUtf8(bytes) ?? '')
  } catch {
    return null
  }
}
