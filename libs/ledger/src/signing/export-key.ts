import { hkdfSync } from 'node:crypto'
import { signerFromSeed, type LogSigner } from './log-key.js'

/**
 * The key that signs exports of a platform, under a name of its own so that it is never taken for a log's. It follows from
 * the gateway's secret (HKDF, RFC 5869): who changes that changes it too.
 */
export const exportKey = (secret: string, host: string): LogSigner =>
  signerFromSeed(`${host}/exports`, new Uint8Array(hkdfSync('sha256', secret, '', 'lethe export manifest', 32)))
