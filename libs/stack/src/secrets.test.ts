import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openSecrets, rotateLogKey } from './secrets.js'

const stateDir = mkdtempSync(path.join(tmpdir(), 'lethe-secrets-'))
afterAll(() => rmSync(stateDir, { recursive: true, force: true }))

it('keeps every key that ever signed, newest first, when the key is changed, and nothing else changes', () => {
  const first = openSecrets(stateDir)
  expect(first.logPreviousPublicKeys).toEqual([])
  expect(openSecrets(stateDir)).toEqual(first)
  const one = rotateLogKey(stateDir)
  const two = rotateLogKey(stateDir)
  expect([one.previous, two.previous]).toEqual([first.logPublicKey, one.next])
  const now = openSecrets(stateDir)
  expect(now).toEqual({
    ...first,
    logPublicKey: two.next,
    logPreviousPublicKeys: [one.next, first.logPublicKey],
  })
  expect(new Set([first.logPublicKey, one.next, two.next]).size).toBe(3)
  expect(statSync(now.logSigningKeyFile).mode & 0o077).toBe(0)
})
