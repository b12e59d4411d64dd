import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from './base64.js'

/** Signature types of C2SP signed notes that are used here, with their byte: a log signs, a witness cosigns. */
const TYPE_BYTE = { ed25519: 1, 'cosignature/v1': 4 } as const
type Algorithm = keyof typeof TYPE_BYTE

/**
 * An Ed25519 public key under a name, as a C2SP signed note knows it. Name and id together identify the key; the same
 * key under another name or for another use has another id, so one platform key can serve one log per tenant without
 * confusion.
 */
interface NamedVerifier<Use extends Algorithm> {
  readonly algorithm: Use
  readonly name: string
  /** SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first 4 bytes in lower-case hex. An identifier, not a proof. */
  readonly id: string
  readonly publicKey: KeyObject
}

interface NamedSigner<Use extends Algorithm> extends NamedVerifier<Use> {
  readonly privateKey: KeyObject
}

export type LogVerifier = NamedVerifier<'ed25519'>
export type LogSigner = NamedSigner<'ed25519'>
/** Whoever watches logs from outside (C2SP tlog-cosignature). A name of its own, and a key used for nothing else. */
export type WitnessVerifier = NamedVerifier<'cosignature/v1'>
export type WitnessSigner = NamedSigner<'cosignature/v1'>

const KEY_BYTES = 32
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const PRIVATE_PREFIX = 'PRIVATE+KEY+'

/** @throws DomainError KEY_MALFORMED when the name is empty or holds a space, a plus sign or a control character. */
export const signerFromPrivateKey = (name: string, privateKey: KeyObject): LogSigner =>
  namedSigner('ed25519', name, privateKey)

/** @throws DomainError KEY_MALFORMED as {@link signerFromPrivateKey}. */
export const witnessFromPrivateKey = (name: string, privateKey: KeyObject): WitnessSigner =>
  namedSigner('cosignature/v1', name, privateKey)

/** `seed`: 32 random bytes, which are the private key (RFC 8032 §5.1.5). */
export const signerFromSeed = (name: string, seed: Uint8Array): LogSigner =>
  signerFromPrivateKey(name, privateKeyFromSeed(seed))

export const verifierFromPublicKey = (name: string, publicKey: KeyObject): LogVerifier =>
  namedVerifier('ed25519', name, publicKey)

/** `spki`: base64 of the key's SubjectPublicKeyInfo. @throws DomainError KEY_MALFORMED. */
export function verifierFromSpki(name: string, spki: string): LogVerifier {
  const der = bytesFromBase64(spki)
  if (der?.length !== SPKI_ED25519.length + KEY_BYTES || !der.subarray(0, SPKI_ED25519.length).equals(SPKI_ED25519))
    throw ledgerError('KEY_MALFORMED', 'A public log key is the base64 of an Ed25519 key (SPKI).', 'publicKey')
  return verifierFromPublicKey(name, createPublicKey({ key: der, format: 'der', type: 'spki' }))
}

/** `name+id+base64(type ‖ public key)`: what a verifier is given, out of band, to trust. */
export const encodeVerifier = ({ algorithm, name, id, publicKey }: LogVerifier | WitnessVerifier): string =>
  `${name}+${id}+${Buffer.concat([typeByte(algorithm), rawPublicKey(publicKey)]).toString('base64')}`

/** `PRIVATE+KEY+name+id+base64(type ‖ seed)`: a secret. */
export function encodeSigner({ algorithm, name, id, privateKey }: LogSigner | WitnessSigner): string {
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_ED25519.length)
  return `${PRIVATE_PREFIX}${name}+${id}+${Buffer.concat([typeByte(algorithm), seed]).toString('base64')}`
}

export const parseVerifier = (text: string): LogVerifier => parseVerifierOf('ed25519', text)
export const parseWitness = (text: string): WitnessVerifier => parseVerifierOf('cosignature/v1', text)
export const parseSigner = (text: string): LogSigner => parseSignerOf('ed25519', text)
export const parseWitnessSigner = (text: string): WitnessSigner => parseSignerOf('cosignature/v1', text)

/** True for the same name and id, which is how a signature line names its key. */
export const isSameKey = (a: Pick<LogVerifier, 'name' | 'id'>, b: Pick<LogVerifier, 'name' | 'id'>): boolean =>
  a.name === b.name && a.id === b.id

/** A name that signed notes allow: not empty, no Unicode space, plus sign or control character. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name)

const typeByte = (algorithm: Algorithm): Buffer => Buffer.of(TYPE_BYTE[algorithm])

function namedSigner<Use extends Algorithm>(algorithm: Use, name: string, privateKey: KeyObject): NamedSigner<Use> {
  if (privateKey.asymmetricKeyType !== 'ed25519' || privateKey.type !== 'private') {
    throw ledgerError('KEY_MALFORMED', 'A log is signed with an Ed25519 private key.', 'privateKey')
  }
  return { ...namedVerifier(algorithm, name, createPublicKey(privateKey)), privateKey }
}

function namedVerifier<Use extends Algorithm>(algorithm: Use, name: string, publicKey: KeyObject): NamedVerifier<Use> {
  assertKeyName(name)
  const id = createHash('sha256')
    .update(name)
    .update('\n')
    .update(typeByte(algorithm))
    .update(rawPublicKey(publicKey))
    .digest('hex')
    .slice(0, 8)
  return { algorithm, name, id, publicKey }
}

function privateKeyFromSeed(seed: Uint8Array): KeyObject {
  if (seed.length !== KEY_BYTES)
    throw ledgerError('KEY_MALFORMED', `A seed has ${KEY_BYTES} bytes, not ${seed.length}.`, 'seed')
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
}

function parseVerifierOf<Use extends Algorithm>(algorithm: Use, text: string): NamedVerifier<Use> {
  const { name, id, key } = parseEncodedKey(algorithm, text)
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_ED25519, key]), format: 'der', type: 'spki' })
  return assertKeyId(namedVerifier(algorithm, name, publicKey), id)
}

function parseSignerOf<Use extends Algorithm>(algorithm: Use, text: string): NamedSigner<Use> {
  if (!text.startsWith(PRIVATE_PREFIX)) {
    throw ledgerError('KEY_MALFORMED', `A signing key begins with ${PRIVATE_PREFIX}; this may be a public key.`, 'key')
  }
  const { name, id, key } = parseEncodedKey(algorithm, text.slice(PRIVATE_PREFIX.length))
  return assertKeyId(namedSigner(algorithm, name, privateKeyFromSeed(key)), id)
}

function parseEncodedKey(algorithm: Algorithm, text: string): { name: string; id: string; key: Buffer } {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text)
  const [, name = '', id = '', encoded = ''] = match ?? []
  const bytes = bytesFromBase64(encoded)
  if (!match || bytes?.length !== KEY_BYTES + 1 || bytes[0] !== TYPE_BYTE[algorithm]) {
    throw ledgerError(
      'KEY_MALFORMED',
      `A key reads name+id+base64, with the type ${TYPE_BYTE[algorithm]} (${algorithm}) and 32 bytes.`,
      'key',
    )
  }
  return { name, id, key: bytes.subarray(1) }
}

function assertKeyId<Key extends { name: string; id: string }>(key: Key, id: string): Key {
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
