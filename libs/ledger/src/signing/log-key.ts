import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from './base64.js'

/**
 * An Ed25519 public key under a name, as a C2SP signed note knows it. Name and id together identify the key; the same
 * key under another name has another id, so one platform key can serve one log per tenant without confusion.
 */
export interface LogVerifier {
  readonly name: string
  /** SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), its first 4 bytes in lower-case hex. An identifier, not a proof. */
  readonly id: string
  readonly publicKey: KeyObject
}

export interface LogSigner extends LogVerifier {
  readonly privateKey: KeyObject
}

const ED25519 = Buffer.of(1)
const KEY_BYTES = 32
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const PRIVATE_PREFIX = 'PRIVATE+KEY+'

/** @throws DomainError KEY_MALFORMED when the name is empty or holds a space, a plus sign or a control character. */
export function signerFromPrivateKey(name: string, privateKey: KeyObject): LogSigner {
  if (privateKey.asymmetricKeyType !== 'ed25519' || privateKey.type !== 'private') {
    throw ledgerError('KEY_MALFORMED', 'A log is signed with an Ed25519 private key.', 'privateKey')
  }
  return { ...verifierFromPublicKey(name, createPublicKey(privateKey)), privateKey }
}

/** `seed`: 32 random bytes, which are the private key (RFC 8032 §5.1.5). */
export function signerFromSeed(name: string, seed: Uint8Array): LogSigner {
  if (seed.length !== KEY_BYTES)
    throw ledgerError('KEY_MALFORMED', `A seed has ${KEY_BYTES} bytes, not ${seed.length}.`, 'seed')
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
  return signerFromPrivateKey(name, key)
}

export function verifierFromPublicKey(name: string, publicKey: KeyObject): LogVerifier {
  assertKeyName(name)
  const id = createHash('sha256')
    .update(name)
    .update('\n')
    .update(ED25519)
    .update(rawPublicKey(publicKey))
    .digest('hex')
    .slice(0, 8)
  return { name, id, publicKey }
}

/** `name+id+base64(0x01 ‖ public key)`: what a verifier is given, out of band, to trust. */
export const encodeVerifier = ({ name, id, publicKey }: LogVerifier): string =>
  `${name}+${id}+${Buffer.concat([ED25519, rawPublicKey(publicKey)]).toString('base64')}`

/** `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`: a secret. */
export function encodeSigner({ name, id, privateKey }: LogSigner): string {
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_ED25519.length)
  return `${PRIVATE_PREFIX}${name}+${id}+${Buffer.concat([ED25519, seed]).toString('base64')}`
}

export function parseVerifier(text: string): LogVerifier {
  const { name, id, key } = parseEncodedKey(text)
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_ED25519, key]), format: 'der', type: 'spki' })
  return assertKeyId(verifierFromPublicKey(name, publicKey), id)
}

export function parseSigner(text: string): LogSigner {
  if (!text.startsWith(PRIVATE_PREFIX)) {
    throw ledgerError('KEY_MALFORMED', `A signing key begins with ${PRIVATE_PREFIX}; this may be a public key.`, 'key')
  }
  const { name, id, key } = parseEncodedKey(text.slice(PRIVATE_PREFIX.length))
  return assertKeyId(signerFromSeed(name, key), id)
}

/** True for the same name and id, which is how a signature line names its key. */
export const isSameKey = (a: Pick<LogVerifier, 'name' | 'id'>, b: Pick<LogVerifier, 'name' | 'id'>): boolean =>
  a.name === b.name && a.id === b.id

/** A name that signed notes allow: not empty, no Unicode space, plus sign or control character. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name)

function parseEncodedKey(text: string): { name: string; id: string; key: Buffer } {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text)
  const [, name = '', id = '', encoded = ''] = match ?? []
  const bytes = bytesFromBase64(encoded)
  if (!match || bytes?.length !== KEY_BYTES + 1 || bytes[0] !== ED25519[0]) {
    throw ledgerError('KEY_MALFORMED', 'A key reads name+id+base64, with Ed25519 (type 1) and 32 bytes.', 'key')
  }
  return { name, id, key: bytes.subarray(1) }
}

function assertKeyId<Key extends LogVerifier>(key: Key, id: string): Key {
  if (key.id === id) return key
  throw ledgerError(
    'KEY_MALFORMED',
    `The key of ${key.name} has the id ${key.id}, not ${id}: the text was changed or cut.`,
    'key',
  )
}

function assertKeyName(name: string): void {
  if (isKeyName(name)) return
  throw ledgerError(
    'KEY_MALFORMED',
    'A key name is not empty and holds no space, plus sign or control character.',
    'name',
  )
}

function rawPublicKey(publicKey: KeyObject): Buffer {
  if (publicKey.asymmetricKeyType !== 'ed25519')
    throw ledgerError('KEY_MALFORMED', 'A log key is an Ed25519 key.', 'publicKey')
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
}
