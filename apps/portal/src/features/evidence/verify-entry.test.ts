import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { expect, it } from 'vitest'
import { verifyEntry, type EntryClaim } from './verify-entry'

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const origin = 'lethe.test/acme'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const encoded = Buffer.concat([
  Buffer.from([1]),
  Buffer.from((publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url'),
])
const keyHash = sha256(Buffer.from(`${origin}\n`), encoded).subarray(0, 4)

const body = '{"predicate":{"pictures":96,"名前":"忘却"}}'
const leaf = sha256(Buffer.from([0]), Buffer.from(body))
const sibling = sha256(Buffer.from([0]), Buffer.from('another'))
const root = sha256(Buffer.from([1]), sibling, leaf).toString('base64')
const text = `${origin}\n2\n${root}\n`
const note = `${text}\n— ${origin} ${Buffer.concat([keyHash, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`

const claim: EntryClaim = {
  body,
  leafHash: leaf.toString('base64'),
  origin,
  verifierKey: `${origin}+${keyHash.toString('hex')}+${encoded.toString('base64')}`,
  proof: { leafIndex: 1, treeSize: 2, hashes: [sibling.toString('base64')], checkpoint: { size: 2, root, note } },
}
const allPassed = { leaf: 'passed', inclusion: 'passed', checkpoint: 'passed', signature: 'passed' }

it('passes an entry that is in the signed tree', async () => {
  expect(await verifyEntry(claim)).toEqual(allPassed)
})

it.each<[string, EntryClaim, Partial<typeof allPassed>]>([
  ['an edited body', { ...claim, body: body.replace('96', '97') }, { leaf: 'failed', inclusion: 'failed' }],
  ['another leaf hash', { ...claim, leafHash: sibling.toString('base64') }, { leaf: 'failed' }],
  ['another place in the tree', { ...claim, proof: { ...claim.proof, leafIndex: 0 } }, { inclusion: 'failed' }],
  [
    'a root that the note does not name',
    { ...claim, proof: { ...claim.proof, checkpoint: { ...claim.proof.checkpoint, root: leaf.toString('base64') } } },
    { inclusion: 'failed', checkpoint: 'failed' },
  ],
  ['a note of another log', { ...claim, origin: 'lethe.test/other' }, { checkpoint: 'failed' }],
  [
    'an edited note',
    {
      ...claim,
      proof: { ...claim.proof, checkpoint: { ...claim.proof.checkpoint, note: note.replace('\n2\n', '\n3\n') } },
    },
    { checkpoint: 'failed', signature: 'failed' },
  ],
  ['a key that is none', { ...claim, verifierKey: 'x' }, { signature: 'failed' }],
  ['hashes that are not base64', { ...claim, proof: { ...claim.proof, hashes: ['?'] } }, { inclusion: 'failed' }],
])('says what fails for %s', async (_what, corrupted, failures) => {
  expect(await verifyEntry(corrupted)).toEqual({ ...allPassed, ...failures })
})
