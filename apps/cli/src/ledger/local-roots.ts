import { exportKey, logOrigin, trustRootLines, verifierFromSpki, type LogVerifier } from '@lethe/ledger'
import { logHost } from '@lethe/stack'
import { localSecrets } from './open-log-database.js'

/** Keys of a tenant's log on the platform of this state directory: the one that signs, then those that signed before. */
export const localLogKeys = (tenantId: string): LogVerifier[] => logKeysOf(localSecrets(), tenantId)

/** Lines of a trust roots file for these tenants, as whoever runs the platform of a state directory knows them. */
export function localTrustRoots(tenantIds: readonly string[], stateDir?: string): string[] {
  const secrets = localSecrets(stateDir)
  const logs = tenantIds.flatMap((tenantId) => logKeysOf(secrets, tenantId))
  const exports = [exportKey(secrets.gatewaySecret, logHost)]
  return trustRootLines({ logs, models: [secrets.modelPublicKey], witnesses: [], exports })
}

function logKeysOf({ logPublicKey, logPreviousPublicKeys }: ReturnType<typeof localSecrets>, tenantId: string) {
  const origin = logOrigin(logHost, tenantId)
  return [logPublicKey, ...logPreviousPublicKeys].map((spki) => verifierFromSpki(origin, spki))
}
