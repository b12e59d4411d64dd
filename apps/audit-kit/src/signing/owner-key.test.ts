import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeVerifier } from '@lethe/ledger'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openOwnerKey, readVerifier } from './owner-key.js'

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'lethe-key-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is made once, for its owner only, and stays', () => {
  const home = path.join(folder, 'config')
  const made = openOwnerKey(home, undefined)
  expect(made.madeAt).toBe(path.join(home, 'owner.key'))
  expect(statSync(path.join(home, 'owner.key')).mode & 0o777).toBe(0o600)
  const again = openOwnerKey(home, undefined)
  expect([again.madeAt, encodeVerifier(again.signer)]).toEqual([null, encodeVerifier(made.signer)])
  expect(readVerifier(path.join(home, 'owner.pub')).id).toBe(made.signer.id)
  expect(readVerifier(readFileSync(path.join(home, 'owner.pub'), 'utf8').trim()).id).toBe(made.signer.id)
})

it('may be one that the owner has', () => {
  const pem = path.join(folder, 'key.pem')
  writeFileSync(pem, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(openOwnerKey(folder, pem)).toMatchObject({ madeAt: null, signer: { name: 'lethe-audit-owner' } })
})

it.each([
  ['is not there', undefined],
  ['is no key', 'x'],
  ['is of another kind', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
])('is refused when it %s', (_, content) => {
  const file = path.join(folder, 'key')
  if (content !== undefined) writeFileSync(file, content)
  expect(() => openOwnerKey(folder, file)).toThrow(expect.objectContaining({ code: 'KEY_UNREADABLE' }) as Error)
  expect(() => readVerifier(file)).toThrow(expect.objectContaining({ code: 'KEY_UNREADABLE' }) as Error)
})
