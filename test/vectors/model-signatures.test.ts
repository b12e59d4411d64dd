import type { Digest } from '@lethe/domain'
import { parseModelVerifier, verifyModelSignature } from '@lethe/ledger'
import { expect, it } from 'vitest'
import vectors from './model-signing/signatures.json' with { type: 'json' }

interface SignatureCase {
  readonly name: string
  readonly code: string | null
  readonly signature: string
  readonly key: string
  readonly files: { name: string; digest: string }[]
}
const cases = vectors as SignatureCase[]
const check = ({ signature, key, files }: SignatureCase) =>
  verifyModelSignature(
    signature,
    [parseModelVerifier(key)],
    files.map(({ name, digest }) => ({ name, digest: digest as Digest })),
  )

it.each(cases.filter(({ code }) => code === null))('accepts $name', (vector) => {
  const { files, signedBy } = check(vector)
  expect(vector.files).toEqual(expect.arrayContaining([...files]))
  expect(signedBy.hint).toBe(parseModelVerifier(vector.key).hint)
})

it.each(cases.filter(({ code }) => code !== null))('refuses $name', (vector) => {
  expect(() => check(vector)).toThrow(expect.objectContaining({ code: vector.code }))
})

it('holds signatures that the public tool made, by two of its releases', () => {
  expect(cases.filter(({ name, code }) => code === null && name.startsWith('model_signing')).length).toBe(2)
})
