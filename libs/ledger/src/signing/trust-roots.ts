import { createPublicKey } from 'node:crypto'
import { isDomainError } from '@lethe/domain'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from './base64.js'
import { encodeVerifier, type LogVerifier, parseVerifier, parseWitness, type WitnessVerifier } from './log-key.js'

/** Whom a verifier believes. It comes to it by another way than what it verifies. */
export interface TrustRoots {
  /** Keys of logs, one or more a log: old checkpoints stay valid under old keys. */
  readonly logs: readonly LogVerifier[]
  /** Keys that sign model files: base64 of their SPKI. */
  readonly models: readonly string[]
  readonly witnesses: readonly WitnessVerifier[]
  /** Keys that sign exports. */
  readonly exports: readonly LogVerifier[]
}

/** One line a key: `log <vkey>`, `model <base64 SPKI>`, `witness <vkey>`, `export <vkey>`. */
export const trustRootLines = ({ logs, models, witnesses, exports }: TrustRoots): string[] => [
  ...logs.map((key) => `log ${encodeVerifier(key)}`),
  ...models.map((key) => `model ${key}`),
  ...witnesses.map((key) => `witness ${encodeVerifier(key)}`),
  ...exports.map((key) => `export ${encodeVerifier(key)}`),
]

/**
 * Reads a trust roots file. Empty lines and those that begin with # say nothing.
 *
 * @throws DomainError TRUST_MALFORMED, naming the line
 */
export function parseTrustRoots(text: string): TrustRoots {
  const roots = {
    logs: [] as LogVerifier[],
    models: [] as string[],
    witnesses: [] as WitnessVerifier[],
    exports: [] as LogVerifier[],
  }
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const [, kind, key] = /^(log|model|witness|export) (\S+)$/.exec(line.trim()) ?? []
    if (line.trim() === '' || line.startsWith('#')) continue
    try {
      if (kind === 'log') roots.logs.push(parseVerifier(key ?? ''))
      else if (kind === 'export') roots.exports.push(parseVerifier(key ?? ''))
      else if (kind === 'witness') roots.witnesses.push(parseWitness(key ?? ''))
      else if (kind === 'model') roots.models.push(assertModelKey(key ?? ''))
      else throw malformed(at, 'write "log KEY", "model KEY", "witness KEY" or "export KEY"')
    } catch (error) {
      if (isDomainError(error) && error.code === 'KEY_MALFORMED') throw malformed(at, error.message)
      throw error
    }
  }
  return roots
}

function assertModelKey(key: string): string {
  const der = bytesFromBase64(key)
  try {
    if (der !== undefined && createPublicKey({ key: der, format: 'der', type: 'spki' }).asymmetricKeyType === 'ec')
      return key
  } catch {
    // Refused below.
  }
  throw ledgerError('KEY_MALFORMED', 'a model key is the base64 of an elliptic-curve key (SPKI).', 'key')
}

const malformed = (at: number, reason: string) =>
  ledgerError('TRUST_MALFORMED', `Line ${at + 1} of the trust roots is not understood: ${reason}`, `trust.${at + 1}`)
