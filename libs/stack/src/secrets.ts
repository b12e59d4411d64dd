import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Login } from '@lethe/db'

export interface Secrets {
  passwords: Record<Login, string>
  gatewaySecret: string
  logSigningKeyFile: string
  /** Base64 of its public half (SPKI), which anybody may know. */
  logPublicKey: string
  /** The platform's first administrator. */
  bootstrapAdmin: { email: string; password: string }
}

interface Kept extends Pick<Secrets, 'passwords' | 'gatewaySecret'> {
  adminPassword: string
}

/** Made at the first start and kept: whoever loses the signing key can extend no log that it signed. */
export function openSecrets(stateDir: string): Secrets {
  const folder = path.join(stateDir, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'secrets.json')
  const logSigningKeyFile = path.join(folder, 'log-signing-key.pem')
  if (!existsSync(logSigningKeyFile)) {
    const { privateKey } = generateKeyPairSync('ed25519')
    writePrivately(logSigningKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  }
  if (!existsSync(file)) {
    const passwords = { gateway: random(), registrar: random(), auth: random() }
    writePrivately(file, JSON.stringify({ passwords, gatewaySecret: random(), adminPassword: random() }))
  }
  const { passwords, gatewaySecret, adminPassword } = JSON.parse(readFileSync(file, 'utf8')) as Kept
  const publicKey = createPublicKey(readFileSync(logSigningKeyFile, 'utf8'))
  return {
    passwords,
    gatewaySecret,
    logSigningKeyFile,
    logPublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    bootstrapAdmin: { email: 'admin@lethe.local', password: adminPassword },
  }
}

const random = (): string => randomBytes(32).toString('base64url')

/** Appears whole or not at all, readable by its owner only. */
export function writePrivately(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
