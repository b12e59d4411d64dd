import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from '../signing/base64.js'

/** NIST curves that OpenSSF Model Signing knows, by OpenSSL's name, each with the digest that goes with it. */
const DIGEST_OF_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
}

/** Whoever's model signatures are believed. */
export interface ModelVerifier {
  readonly publicKey: KeyObject
  /** Digest algorithm of its ECDSA signatures. */
  readonly digestAlgorithm: string
  /** How a signature names the key: SHA-256, in lower-case hex, of its SPKI in PEM. */
  readonly hint: string
}

export interface ModelSigner extends ModelVerifier {
  readonly privateKey: KeyObject
}

/** `pem`: PKCS #8 or SEC 1. @throws DomainError KEY_MALFORMED unless it is a private key on P-256, P-384 or P-521. */
export function modelSignerFromPem(pem: string): ModelSigner {
  const privateKey = readKey(() => createPrivateKey(pem))
  return { ...modelVerifierOf(createPublicKey(privateKey)), privateKey }
}

/** `text`: SPKI, in PEM or as one line of base64. @throws DomainError KEY_MALFORMED as {@link modelSignerFromPem}. */
export function parseModelVerifier(text: string): ModelVerifier {
  const trimmed = text.trim()
  // A private key in PEM would be read as its public half; whoever verifies should not have been given one.
  if (trimmed.startsWith('-----BEGIN PUBLIC KEY-----')) return modelVerifierOf(readKey(() => createPublicKey(trimmed)))
  const der = bytesFromBase64(trimmed)
  if (der === undefined) throw malformed()
  return modelVerifierOf(readKey(() => createPublicKey({ key: der, format: 'der', type: 'spki' })))
}

/** Base64 of the SPKI: one line of a trust roots file. */
export const encodeModelVerifier = ({ publicKey }: ModelVerifier): string =>
  publicKey.export({ format: 'der', type: 'spki' }).toString('base64')

/** SPKI in PEM, as the public tool takes it. */
export const modelVerifierPem = ({ publicKey }: ModelVerifier): string =>
  publicKey.export({ format: 'pem', type: 'spki' }).toString()

function modelVerifierOf(publicKey: KeyObject): ModelVerifier {
  const digestAlgorithm = DIGEST_OF_CURVE[publicKey.asymmetricKeyDetails?.namedCurve ?? '']
  if (publicKey.asymmetricKeyType !== 'ec' || digestAlgorithm === undefined) throw malformed()
  const pem = publicKey.export({ format: 'pem', type: 'spki' })
  return { publicKey, digestAlgorithm, hint: createHash('sha256').update(pem).digest('hex') }
}

/** OpenSSL's own words may quote the key. */
function readKey(read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch {
    throw malformed()
  }
}

const malformed = () =>
  ledgerError(
    'KEY_MALFORMED',
    'Models are signed with an elliptic-curve key on P-256, P-384 or P-521, and checked with its public half; "openssl ' +
      'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256" makes one, "openssl pkey -pubout" its public half.',
    'key',
  )
