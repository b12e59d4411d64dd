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

const judge = (source: string) => {
  const file = path.join(folder, 'source.ts')
  writeFileSync(file, source)
  const { status, stderr } = spawnSync(process.execPath, ['scripts/errors.mjs', '--source', file], {
    cwd: checkoutDir,
    encoding: 'utf8',
  })
  return { status, said: stderr.trim().replace(/^.*source\.ts/, 'source.ts') }
}

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

const unseen = 'source.ts:2: write the code out, or hand it in as the parameter of a named function.'

it.each([
  ['a constant', "const why = 'HIDDEN_CODE'\nthrow new DomainError(why, 'It is so.')"],
  ['a constant of the name code', "const code = 'HIDDEN_CODE'\nthrow new DomainError(code, 'It is so.')"],
  ['a text that is put together', "\nthrow new DomainError(`HIDDEN_${'CODE'}`, 'It is so.')"],
  ['a table', "const codes = { gone: 'HIDDEN_CODE' }\nthrow new DomainError(codes.gone, 'It is so.')"],
  [
    'a constant, through a class of its own',
    "const why = 'HIDDEN_CODE'; class Fault extends DomainError { constructor() {\nsuper(why, 'It is so.') } }",
  ],
  ['a function without a name', "\nexport default (why: string) => new DomainError(why, 'It is so.')"],
])('a code that comes from %s cannot be written, since the page would not show it', (_, source) => {
  expect(judge(source)).toEqual({ status: 1, said: unseen })
})

it.each([
  ['itself', "throw new DomainError('BARE_CODE', text)"],
  ['a function that is given no sentence', "const refuse = (message: string) => new DomainError('BARE_CODE', message)"],
  ['a class of codes', "class Fault extends DomainError {}\nthrow new Fault('BARE_CODE', text)"],
  ['a function of codes', 'const gone = (why: string) => new DomainError(why, text)\nthrow gone("BARE_CODE")'],
])('a code that no sentence goes with cannot be written either: from %s', (_, source) => {
  expect(judge(source)).toMatchObject({ status: 1, said: expect.stringContaining('no sentence goes with BARE_CODE') })
})

it.each([
  "throw new DomainError(isLate ? 'ONE_CODE' : 'OTHER_CODE', 'It is so.')",
  "const refuse = (message: string) => new DomainError('ONE_CODE', message)\nthrow refuse('It is so.')",
  "const gone = (field: string, why: string, says: string) => new DomainError(why, says, field)\ngone('F', 'ONE_CODE', 'It is so.')",
  'const { code, message } = error\nthrow new DomainError(code, message)',
  'throw new DomainError(error.code, error.message)',
])('what can be shown, or was shown elsewhere, may be written: %s', (source) => {
  expect(judge(source)).toEqual({ status: 0, said: '' })
})

it('has codes that are thrown by way of a function', () => {
  for (const code of ['WEBHOOK_URL_INVALID', 'TWINS_MISMATCH', 'BACKEND_UNAVAILABLE']) expect(written).toContain(code)
})
