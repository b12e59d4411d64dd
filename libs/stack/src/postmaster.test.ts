import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { discardStalePidFile, findPostmaster } from './postmaster.js'

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'lethe-postmaster-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))
const file = path.join(dataDir, 'postmaster.pid')

it.each([
  ['a server that has only just made its file', ''],
  ['a server whose pid is half written', '1'],
  ['a pid that nobody has', '4194304\n/elsewhere\n'],
])('looking for %s leaves the file alone; only a start removes what is stale', (_, text) => {
  writeFileSync(file, text)
  expect(findPostmaster(dataDir)).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe(text)
  discardStalePidFile(dataDir)
  expect(existsSync(file)).toBe(false)
})
