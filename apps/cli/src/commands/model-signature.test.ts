import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLethe, type LetheCommand } from '../../../../test/kit/lethe-command.js'

let lethe: LetheCommand
const at = (...names: string[]): string => path.join(lethe.folder, ...names)

function writeKeys(name: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  writeFileSync(at(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(at(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  writeFileSync(at(`${name}.roots`), `# whom we trust\nmodel ${spki}\n`)
}

beforeAll(async () => {
  lethe = await buildLethe()
  writeKeys('ours')
  writeKeys('theirs')
  mkdirSync(at('model', 'notes'), { recursive: true })
  writeFileSync(at('model', 'weights.safetensors'), 'weights')
  writeFileSync(at('model', 'state.safetensors'), 'state')
  writeFileSync(at('model', 'notes', 'card.txt'), 'card')
  const signed = await lethe.call(['model', 'sign', 'model', '--key', 'ours.pem'])
  expect(signed).toMatchObject({ code: 0, stdout: expect.stringContaining('over 3 files') as string })
})
afterAll(() => lethe.remove())

describe('lethe model verify', () => {
  const verify = (folder: string, key = 'ours.pub') => lethe.call(['model', 'verify', folder, '--key', key])

  it('accepts a folder as it was signed, by a key in PEM or by trust roots, also beside a bill of materials', async () => {
    writeFileSync(at('model', 'ml-bom.cdx.json'), '{}')
    expect(await verify('model')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('notes/card.txt, state.safetensors, weights.safetensors') as string,
    })
    expect((await verify('model', 'ours.roots')).code).toBe(0)
  })

  it.each<[string, RegExp, (folder: string) => void, string?]>([
    [
      'swapped weights',
      /^folder: weights.safetensors is not the file that was signed/,
      (f) => copyFileSync(at(f, 'state.safetensors'), at(f, 'weights.safetensors')),
    ],
    [
      'a renamed file',
      /^folder: state.safetensors is signed and missing/,
      (f) => renameSync(at(f, 'state.safetensors'), at(f, 'other.safetensors')),
    ],
    [
      'a file that nobody signed',
      /^folder: notes.more.txt is not signed/,
      (f) => writeFileSync(at(f, 'notes', 'more.txt'), 'x'),
    ],
    ['a link', /^folder: .*link is no regular file/, (f) => symlinkSync('/etc/passwd', at(f, 'link'))],
    ['no signature', /^--signature: There is no file/, (f) => rmSync(at(f, 'model.sig'))],
    [
      'a signature cut short',
      /^--signature: Not a model signature/,
      (f) => writeFileSync(at(f, 'model.sig'), readFileSync(at(f, 'model.sig')).subarray(1)),
    ],
    ['another key', /^--key: The signature names a key that is none of those trusted/, () => undefined, 'theirs.pub'],
    [
      'a private key for a public one',
      /^--key: Models are signed with an elliptic-curve key/,
      () => undefined,
      'ours.pem',
    ],
  ])('refuses %s, says so and shows no stack trace', async (what, words, damage, key) => {
    const folder = what.replaceAll(' ', '-')
    cpSync(at('model'), at(folder), { recursive: true })
    damage(folder)
    const { code: exit, stderr } = await verify(folder, key)
    expect(exit).toBe(1)
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})
