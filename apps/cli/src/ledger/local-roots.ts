import { logOrigin, verifierFromSpki, type LogVerifier } from '@lethe/ledger'
import { logHost } from '@lethe/stack'
import { localSecrets } from './open-log-database.js'

/** Keys of a tenant's log on the platform of this state directory: the one that signs, then those that signed before. */
export function localLogKeys(tenantId: string): LogVerifier[] {
  const { logPublicKey, logPreviousPublicKeys } = localSecrets()
  const origin = logOrigin(logHost, tenantId)
  return [logPublicKey, ...logPreviousPublicKeys].map((spki) => verifierFromSpki(origin, spki))
}
