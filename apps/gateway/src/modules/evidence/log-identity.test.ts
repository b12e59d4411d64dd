import { generateKeyPairSync } from 'node:crypto'
import {
  encodeVerifier,
  exportKey,
  leafHash,
  parseTrustRoots,
  signerFromPrivateKey,
  signLogCheckpoint,
} from '@lethe/ledger'
import { expect, it } from 'vitest'
import { createLogIdentity } from './log-identity.js'

const tenantId = crypto.randomUUID()
const origin = `lethe.test/log/${tenantId}`
const [now, before] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
const spki = ({ publicKey }: typeof now) => publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const signers = [now, before].map(({ privateKey }) => signerFromPrivateKey(origin, privateKey))
const [current = '', previous = ''] = signers.map(encodeVerifier)
const exported = exportKey('a secret', 'lethe.test')
const identity = createLogIdentity({
  publicKey: spki(now),
  previousPublicKeys: [spki(before)],
  modelKeys: [],
  exportKey: exported,
  host: 'lethe.test',
})
const noteBy = (signer: (typeof signers)[number] | undefined) =>
  signer === undefined ? null : signLogCheckpoint({ origin, size: 1, root: leafHash(Buffer.of(1)) }, signer)

it('names the key that signed the newest checkpoint, and the present one where it cannot tell', () => {
  expect(identity.of(tenantId, null)).toMatchObject({ origin, verifierKey: current })
  expect(identity.of(tenantId, noteBy(signers[0])).verifierKey).toBe(current)
  expect(identity.of(tenantId, noteBy(signers[1])).verifierKey).toBe(previous)
})

it('shows as trust roots every key that ever signed, in the form that verifiers read', () => {
  const { trustRoots } = identity.of(tenantId, noteBy(signers[1]))
  expect(trustRoots).toEqual([`log ${current}`, `log ${previous}`, `export ${encodeVerifier(exported)}`])
  expect(parseTrustRoots(trustRoots.join('\n')).logs.map(({ name }) => name)).toEqual([origin, origin])
})

it('does not begin with a key that it cannot read', () => {
  const wrong = {
    publicKey: spki(now),
    previousPublicKeys: ['AAAA'],
    modelKeys: [],
    exportKey: exported,
    host: 'lethe.test',
  }
  expect(() => createLogIdentity(wrong)).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error)
})
