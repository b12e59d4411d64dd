import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const passing = `test('a', () => {}); test('b', () => {})`

let folder: string
afterEach(() => rmSync(folder, { recursive: true }))

/** Last line and exit status of a run over test files with these contents. */
async function closingOf(...files: string[]): Promise<{ status: number; line: string | undefined }> {
  folder = mkdtempSync(join(tmpdir(), 'lethe-reporter-'))
  for (const [index, text] of files.entries()) writeFileSync(join(folder, `${index}.test.js`), text)
  const reporters = ['default', join(import.meta.dirname, 'plain-line-reporter.ts')].map((name) => `--reporter=${name}`)
  const options = ['run', '--root', folder, '--globals', '--maxWorkers=1', ...reporters]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [vitest, ...options], (_, stdout) => {
      resolve({ status: child.exitCode ?? -1, line: stdout.trimEnd().split('\n').at(-1) })
    })
  })
}

it('closes a good run with what passed', async () => {
  expect(await closingOf(passing)).toEqual({ status: 0, line: '2 passed, 0 failed' })
})

it('counts a failed test, a file that does not load and an error outside of every test', async () => {
  const failing = `test('c', () => { throw new Error('no') })`
  const broken = `import './nowhere.js'`
  const loose = `test('d', () => { setTimeout(() => { throw new Error('late') }) ; return new Promise((r) => setTimeout(r, 50)) })`
  expect(await closingOf(passing, failing, broken, loose)).toEqual({ status: 1, line: '3 passed, 3 failed' })
})
