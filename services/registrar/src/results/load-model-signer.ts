import { DomainError, isDomainError } from '@lethe/domain'
import { type ModelSigner, modelSignerFromPem } from '@lethe/ledger'
import { readFileSync } from 'node:fs'

/** @throws DomainError SIGNING_KEY_UNREADABLE */
export function loadModelSigner(file: string): ModelSigner {
  try {
    return modelSignerFromPem(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = isDomainError(error) ? error.message : 'It cannot be read.'
    throw new DomainError(
      'SIGNING_KEY_UNREADABLE',
      `${file} is no key that signs models. ${reason}`,
      'MODEL_SIGNING_KEY_FILE',
    )
  }
}
