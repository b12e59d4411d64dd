import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'

const page = path.join(checkoutDir, 'docs/errors.md')
const written = readFileSync(page, 'utf8')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lethe-errors-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function check(text: string) {
  const file = path.join(folder, 'errors.md')
  writeFileSync(file, text)
  const { status, stderr } = spawnSync(process.execPath, ['scripts/errors.mjs', '--check', file], {
    cwd: checkoutDir,
    encoding: 'utf8',
  })
  return { status, said: stderr.trim() }
}

it('lists every code with which the sources refuse, and no other (npm run errors)', () => {
  expect(check(written)).toEqual({ status: 0, said: '' })
})

it('would be caught without a code, with one that nobody uses, and with another sentence', () => {
  const row = /^\| `RATE_LIMITED`.*\n/m
  expect(written).toMatch(row)
  expect(check(written.replace(row, ''))).toEqual({
    status: 1,
    said: 'Not on the page: RATE_LIMITED',
  })
  expect(check(written.replace(row, (found) => `${found}| \`NEVER_MET\` | | x |\n`))).toEqual({
    status: 1,
    said: 'Refuses nothing any more: NEVER_MET',
  })
  expect(check(written.replace('Too much was asked', 'Very much was asked')).status).toBe(1)
})
