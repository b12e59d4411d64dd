import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as digestOf } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Digest } from './ids.js'

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? utf8ToBytes(content) : content

/** SHA-256 (FIPS 180-4) in lower-case hex; text is taken as UTF-8. Without Node: what is digested here is checked in browsers too. */
export const sha256 = (content: Uint8Array | string): Digest => bytesToHex(digestOf(bytesOf(content))) as Digest

/** HMAC-SHA-256 (RFC 2104), 32 bytes. */
export const hmacSha256 = (key: Uint8Array, content: string): Uint8Array => hmac(digestOf, key, bytesOf(content))
