import { DomainError } from '@lethe/domain'
import { parseTrustRoots, type TrustRoots } from '@lethe/ledger'
import { existsSync, readFileSync } from 'node:fs'

/** A trust roots file that was given with --trust. @throws DomainError FILE_MISSING, TRUST_MALFORMED. */
export function readRoots(file: string): TrustRoots {
  if (!existsSync(file)) throw new DomainError('FILE_MISSING', `There is no file ${file}.`, '--trust')
  return parseTrustRoots(readFileSync(file, 'utf8'))
}
