import { isEcdsaKey } from '../crypto/ecdsa.js'
import { bytesFromBase64 } from '../encoding/base64.js'
import { refuse } from '../verifier-error.js'
import { parseVerifierKey, type VerifierKey } from './verifier-key.js'

/** Keys that the reader trusts, obtained by another way than the bundle. */
export interface TrustRoots {
  /** Of logs; several of one name where the key was changed. */
  readonly logs: readonly VerifierKey[]
  /** SubjectPublicKeyInfo of keys on P-256, P-384 or P-521 that sign models. */
  readonly models: readonly Uint8Array[]
  /** Keys of witnesses: each one named here must have cosigned. */
  readonly witnesses: readonly VerifierKey[]
  /** Keys that sign exports of rows. */
  readonly exports: readonly VerifierKey[]
}

const LONGEST = 1_000_000
/**
 * Reads lines `log KEY`, `model SPKI`, `witness KEY`, `export KEY`; empty lines and lines that begin with `#` say nothing.
 * @throws DomainError TRUST_MALFORMED naming the line.
 */
export async function parseTrustRoots(text: string): Promise<TrustRoots> {
  if (text.length > LONGEST)
    refuse('TRUST_MALFORMED', 'A file of trust roots has at most a million characters.', 'trust')
  const roots: Growing = { logs: [], models: [], witnesses: [], exports: [] }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0]?.startsWith('#') === true) continue
    const isRead = words.length === 2 && (await take(roots, words as [string, string]))
    if (!isRead)
      refuse(
        'TRUST_MALFORMED',
        `Line ${index + 1} of the trust roots is none of: log NAME+ID+KEY, model SPKI, witness NAME+ID+KEY, export NAME+ID+KEY (or its key was cut).`,
        `trust:${index + 1}`,
      )
  }
  if (roots.logs.length === 0)
    refuse(
      'TRUST_MALFORMED',
      'The trust roots name no log; `lethe ledger trust` and the portal show the lines to give.',
      'trust',
    )
  return roots
}

type Growing = { -readonly [Kind in keyof TrustRoots]: TrustRoots[Kind][number][] }

const named = { log: 'logs', witness: 'witnesses', export: 'exports' } as const
const isNamed = (kind: string): kind is keyof typeof named => Object.hasOwn(named, kind)

async function take(roots: Growing, [kind, value]: readonly [string, string]): Promise<boolean> {
  if (kind === 'model') {
    const key = bytesFromBase64(value)
    return key !== null && isEcdsaKey(key) && roots.models.push(key) > 0
  }
  if (!isNamed(kind)) return false
  const key = await parseVerifierKey(value, kind === 'witness' ? 'cosignature' : 'ed25519')
  return key !== null && roots[named[kind]].push(key) > 0
}
