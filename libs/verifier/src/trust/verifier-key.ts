import { sha256Hex } from '../crypto/digest.js'
import { bytesFromBase64 } from '../encoding/base64.js'

/** Algorithm bytes of C2SP signed-note keys. */
const keyTypes = { ed25519: 0x01, cosignature: 0x04 } as const
export type KeyType = keyof typeof keyTypes

/** A public key under a name (C2SP signed note): `name+id+base64(type ‖ Ed25519 key)`. */
export interface VerifierKey {
  readonly name: string
  /** First 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key) in lower-case hex. */
  readonly id: string
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
}

/** How envelopes and manifests name a key. */
export const keyHint = ({ name, id }: VerifierKey): string => `${name}+${id}`

/** A name that signed notes allow: no space, plus sign or control character. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Z}]+$/u.test(name)

/** The key, or null when the text is none of this type or its id belongs to another key. */
export async function parseVerifierKey(text: string, type: KeyType): Promise<VerifierKey | null> {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const bytes = bytesFromBase64(encoded)
  if (!isKeyName(name) || bytes?.length !== 33 || bytes[0] !== keyTypes[type]) return null
  const digest = await sha256Hex(new TextEncoder().encode(`${name}\n`), bytes)
  return digest.startsWith(id) ? { name, id, publicKey: bytes.subarray(1) } : null
}
