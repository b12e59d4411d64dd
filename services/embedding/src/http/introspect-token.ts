import { createHash, createPrivateKey, randomUUID } from 'node:crypto'
import { DomainError, gatewayAudience, Introspection, issuerOfService, SERVICE_CREDENTIAL_SECONDS } from '@lethe/domain'
import { SignJWT } from 'jose'

export interface IntrospectionOptions {
  /** The gateway's POST /v1/introspect. */
  readonly url: string
  /** PKCS #8 PEM of this service's own Ed25519 key. */
  readonly privateKeyPem: string
}

/** Asks whether a token or API key holds now, for a model version. @throws DomainError IDENTITY_UNAVAILABLE */
export type Introspect = (token: string, modelVersionId: string) => Promise<Introspection>

/** For so long an answer is taken as given, so that a busy client costs one question and a revocation tells at once. */
const freshMs = 1000
const most = 10_000
const timeoutMs = 5000

export function createIntrospection({ url, privateKeyPem }: IntrospectionOptions): Introspect {
  const credential = createCredential(privateKeyPem)
  const answers = new Map<string, { readonly answer: Promise<Introspection>; readonly atMs: number }>()
  const ask = async (token: string, resource: string): Promise<Introspection> => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${await credential()}` },
        body: new URLSearchParams({ token, resource }),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      })
      if (!response.ok) throw new Error(`The gateway answered ${response.status}.`)
      return Introspection.parse(await response.json())
    } catch {
      throw new DomainError(
        'IDENTITY_UNAVAILABLE',
        'Whether the token holds cannot be asked at present; try again in a few seconds.',
      )
    }
  }
  return (token, modelVersionId) => {
    const key = createHash('sha256').update(`${token}\n${modelVersionId}`).digest('base64')
    const known = answers.get(key)
    if (known && performance.now() - known.atMs < freshMs) return known.answer
    const answer = ask(token, modelVersionId)
    answers.delete(key)
    answers.set(key, { answer, atMs: performance.now() })
    answer.catch(() => answers.delete(key))
    const oldest = answers.keys().next().value
    if (answers.size > most && oldest !== undefined) answers.delete(oldest)
    return answer
  }
}

/** A JWT that this service signs for the gateway, anew before the last one ends. */
function createCredential(privateKeyPem: string): () => Promise<string> {
  const key = createPrivateKey(privateKeyPem)
  const issuer = issuerOfService('embedding')
  let held: { readonly jwt: Promise<string>; readonly untilMs: number } | null = null
  return () => {
    if (held && Date.now() < held.untilMs) return held.jwt
    const jwt = new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(issuer)
      .setSubject(issuer)
      .setAudience(gatewayAudience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${SERVICE_CREDENTIAL_SECONDS}s`)
      .sign(key)
    held = { jwt, untilMs: Date.now() + (SERVICE_CREDENTIAL_SECONDS * 1000) / 2 }
    return jwt
  }
}
