import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  encodeSigner,
  encodeVerifier,
  parseSigner,
  parseVerifier,
  signerFromPrivateKey,
  signerFromSeed,
  type LogSigner,
  type LogVerifier,
} from '@lethe/ledger'
import { isDomainError } from '@lethe/domain'
import { refuse } from '../kit-error.js'

/** Says what the key is for and nothing of whose it is. */
const KEY_NAME = 'lethe-audit-owner'

/**
 * The owner's Ed25519 key: from `file` (PEM, or as this kit writes it), else from the config folder, where it is made on first use.
 * @throws DomainError KEY_UNREADABLE.
 */
export function openOwnerKey(
  configDir: string,
  file: string | undefined,
): { signer: LogSigner; madeAt: string | null } {
  if (file !== undefined) return { signer: readSigner(file), madeAt: null }
  const own = path.join(configDir, 'owner.key')
  const signer = signerFromSeed(KEY_NAME, randomBytes(32))
  mkdirSync(configDir, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(own, `${encodeSigner(signer)}\n`, { mode: 0o600, flag: 'wx' })
    writeFileSync(path.join(configDir, 'owner.pub'), `${encodeVerifier(signer)}\n`)
    return { signer, madeAt: own }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return { signer: readSigner(own), madeAt: null }
  }
}

function readSigner(file: string): LogSigner {
  const text = readText(file)
  try {
    return text.startsWith('-----BEGIN') ? signerFromPrivateKey(KEY_NAME, createPrivateKey(text)) : parseSigner(text)
  } catch (error) {
    const why = isDomainError(error) ? error.message : 'it is not a private key.'
    return refuse('KEY_UNREADABLE', `${file}: ${why}`, '--key')
  }
}

/** A public key as text, or in a file. @throws DomainError KEY_UNREADABLE. */
export function readVerifier(keyOrFile: string): LogVerifier {
  const text = /^[^+\s]+\+[0-9a-f]{8}\+/.test(keyOrFile) ? keyOrFile : readText(keyOrFile)
  try {
    return parseVerifier(text)
  } catch (error) {
    return refuse('KEY_UNREADABLE', isDomainError(error) ? error.message : 'This is not a public key.', '--key')
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return refuse('KEY_UNREADABLE', `${file} cannot be read.`, '--key')
  }
}
