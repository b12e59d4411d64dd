import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { busUsers, type BusUser } from '@lethe/bus'
import type { Login } from '@lethe/db'
import { writePrivately } from './write-privately.js'

export interface Secrets {
  passwords: Record<Login, string>
  /** Of the services' users on a nats-server that somebody else runs. */
  busPasswords: Record<BusUser, string>
  gatewaySecret: string
  /** Seals what workers show the registrar to get at blobs. */
  blobGrantSecret: string
  logSigningKeyFile: string
  /** PKCS #8 PEM of the P-256 key that signs the files of model versions. */
  modelSigningKeyFile: string
  /** Base64 of its public half (SPKI), which anybody may know. */
  modelPublicKey: string
  /** PKCS #8 PEM of the Ed25519 key by which the embedding service shows who it is. */
  embeddingKeyFile: string
  /** Base64 of its public half (SPKI), which anybody may know. */
  embeddingPublicKey: string
  /** Base64 of its public half (SPKI), which anybody may know. */
  logPublicKey: string
  /** The same of the keys that signed before, newest first. */
  logPreviousPublicKeys: readonly string[]
  /** The platform's first administrator. */
  bootstrapAdmin: { email: string; password: string }
}

interface Kept extends Pick<Secrets, 'passwords' | 'gatewaySecret'> {
  adminPassword: string
}

/** Whether anything was ever started from this state directory, or its users were made. */
export const hasSecrets = (stateDir: string): boolean => existsSync(path.join(stateDir, 'secrets', 'secrets.json'))

/** Made at the first start and kept: whoever loses the signing key can extend no log that it signed. */
export function openSecrets(stateDir: string): Secrets {
  const folder = path.join(stateDir, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'secrets.json')
  const logSigningKeyFile = path.join(folder, 'log-signing-key.pem')
  if (!existsSync(logSigningKeyFile)) writeNewLogKey(logSigningKeyFile)
  const modelSigningKeyFile = path.join(folder, 'model-signing-key.pem')
  if (!existsSync(modelSigningKeyFile))
    writePrivateKey(modelSigningKeyFile, generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey)
  const embeddingKeyFile = path.join(folder, 'embedding-service-key.pem')
  if (!existsSync(embeddingKeyFile)) writePrivateKey(embeddingKeyFile, generateKeyPairSync('ed25519').privateKey)
  if (!existsSync(file)) {
    const passwords = { gateway: random(), registrar: random(), auth: random() }
    writePrivately(file, JSON.stringify({ passwords, gatewaySecret: random(), adminPassword: random() }))
  }
  const { passwords, gatewaySecret, adminPassword } = JSON.parse(readFileSync(file, 'utf8')) as Kept
  const logPublicKey = publicHalf(logSigningKeyFile)
  return {
    passwords,
    busPasswords: openBusPasswords(path.join(folder, 'bus-passwords.json')),
    gatewaySecret,
    blobGrantSecret: openBlobGrantSecret(path.join(folder, 'blob-grant-secret')),
    logSigningKeyFile,
    logPublicKey,
    modelSigningKeyFile,
    modelPublicKey: publicHalf(modelSigningKeyFile),
    embeddingKeyFile,
    embeddingPublicKey: publicHalf(embeddingKeyFile),
    logPreviousPublicKeys: readPreviousKeys(folder).filter((key) => key !== logPublicKey),
    bootstrapAdmin: { email: 'admin@lethe.local', password: adminPassword },
  }
}

function openBusPasswords(file: string): Record<BusUser, string> {
  if (!existsSync(file))
    writePrivately(file, JSON.stringify(Object.fromEntries(busUsers.map((user) => [user, random()]))))
  return JSON.parse(readFileSync(file, 'utf8')) as Record<BusUser, string>
}

function openBlobGrantSecret(file: string): string {
  if (!existsSync(file)) writePrivately(file, random())
  return readFileSync(file, 'utf8')
}

/**
 * A new key signs the logs from the next start on. The old one's public half is kept, so that what it signed stays valid;
 * its private half is gone. Nothing may run on the state directory meanwhile.
 *
 * @returns the base64 SPKI of both
 */
export function rotateLogKey(stateDir: string): { previous: string; next: string } {
  const { logSigningKeyFile, logPublicKey: previous } = openSecrets(stateDir)
  const folder = path.dirname(logSigningKeyFile)
  // First: if the next step never comes, the key in use is merely named twice.
  const known = [previous, ...readPreviousKeys(folder).filter((key) => key !== previous)]
  writePrivately(path.join(folder, previousKeysFile), `${known.join('\n')}\n`)
  writeNewLogKey(logSigningKeyFile)
  return { previous, next: publicHalf(logSigningKeyFile) }
}

const previousKeysFile = 'log-previous-public-keys'

function readPreviousKeys(folder: string): string[] {
  const file = path.join(folder, previousKeysFile)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

const writeNewLogKey = (file: string): void => writePrivateKey(file, generateKeyPairSync('ed25519').privateKey)

const writePrivateKey = (file: string, key: KeyObject): void =>
  writePrivately(file, key.export({ type: 'pkcs8', format: 'pem' }).toString())

const publicHalf = (file: string): string =>
  createPublicKey(readFileSync(file, 'utf8')).export({ type: 'spki', format: 'der' }).toString('base64')

const random = (): string => randomBytes(32).toString('base64url')
