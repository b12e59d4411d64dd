import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { expect, it } from 'vitest'
import { readCheckpoint, readVerifierKey, verifyNote } from './signed-note'

const name = 'lethe.test/acme'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const raw = Buffer.from((publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url')
const encoded = Buffer.concat([Buffer.from([1]), raw])
const keyHash = createHash('sha256').update(`${name}\n`).update(encoded).digest().subarray(0, 4)
const key = readVerifierKey(`${name}+${keyHash.toString('hex')}+${encoded.toString('base64')}`)
if (!key) throw new Error('the test key must be readable')

const text = `${name}\n214\n${Buffer.alloc(32, 5).toString('base64')}\n`
const signature = Buffer.concat([keyHash, sign(null, Buffer.from(text), privateKey)])
const note = `${text}\n— ${name} ${signature.toString('base64')}\n`

it('reads origin, size and root of a checkpoint', () => {
  expect(readCheckpoint(note)).toEqual({ origin: name, size: 214, root: new Uint8Array(32).fill(5) })
})

it('accepts the signature of the named key', async () => {
  expect(await verifyNote(note, key)).toBe('valid')
})

it.each([
  ['another size', note.replace('214', '215')],
  [
    'a flipped signature',
    note.replace(
      signature.toString('base64'),
      Buffer.from(signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte))).toString('base64'),
    ),
  ],
  ['a name that is not the key', note.replace(`— ${name}`, '— another.test')],
  ['no signature', `${text}\n`],
  ['no empty line', text],
])('refuses a note with %s', async (_what, corrupted) => {
  expect(await verifyNote(corrupted, key)).toBe('invalid')
})

it.each([
  '',
  'name',
  'name+zz+AA==',
  `${name}+01020304+AQ==`,
  `${name}+01020304+${Buffer.alloc(33, 2).toString('base64')}`,
])('refuses the verifier key %j', (text) => {
  expect(readVerifierKey(text)).toBeNull()
})
