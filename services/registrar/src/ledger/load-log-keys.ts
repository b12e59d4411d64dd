import { DomainError, isDomainError } from '@lethe/domain'
import { logOrigin, signerFromPrivateKey, verifierFromSpki, type LogSigner, type LogVerifier } from '@lethe/ledger'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The platform's keys under the name of each tenant's log. */
export interface LogKeys {
  /** Signs from now on. */
  readonly signerOf: (tenantId: string) => LogSigner
  /** Signed before; what they signed stays valid. */
  readonly previousKeysOf: (tenantId: string) => readonly LogVerifier[]
}

/**
 * One platform key under one name per tenant (C2SP), so that a checkpoint of one tenant's log is none of another's.
 *
 * @param logHost first part of every log's origin and so of its key's name; the gateway must be told the same
 * @param previous base64 of the public halves (SPKI) of keys that signed before
 * @throws DomainError SIGNING_KEY_UNREADABLE, KEY_MALFORMED
 */
export function loadLogKeys(input: { file: string; logHost: string; previous?: readonly string[] }): LogKeys {
  const { file, logHost, previous = [] } = input
  const key = readKey(file)
  const previousKeysOf = (tenantId: string) =>
    previous.map((spki) => verifierFromSpki(logOrigin(logHost, tenantId), spki))
  assertReadable(previousKeysOf)
  return { signerOf: (tenantId) => signerFromPrivateKey(logOrigin(logHost, tenantId), key), previousKeysOf }
}

function assertReadable(previousKeysOf: LogKeys['previousKeysOf']): void {
  try {
    previousKeysOf('any')
  } catch (error) {
    if (isDomainError(error)) throw new DomainError(error.code, error.message, 'LOG_PREVIOUS_PUBLIC_KEYS')
    throw error
  }
}

function readKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(file, 'utf8'))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Refused below; the error may quote the file.
  }
  throw new DomainError(
    'SIGNING_KEY_UNREADABLE',
    `${file} is no Ed25519 private key; make one with "openssl genpkey -algorithm ed25519 -out ${file}".`,
    'LOG_SIGNING_KEY_FILE',
  )
}
