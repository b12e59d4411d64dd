import { DomainError } from '@lethe/domain'
import { logOrigin, signerFromPrivateKey, type LogSigner } from '@lethe/ledger'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'

/**
 * One platform key under one name per tenant (C2SP), so that a checkpoint of one tenant's log is none of another's.
 *
 * @param logHost first part of every log's origin and so of its key's name; the gateway must be told the same
 * @throws DomainError SIGNING_KEY_UNREADABLE
 */
export function loadSigner(file: string, logHost: string): (tenantId: string) => LogSigner {
  const key = readKey(file)
  return (tenantId) => signerFromPrivateKey(logOrigin(logHost, tenantId), key)
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
