import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/schema-changes.mjs', import.meta.url))
const contract = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-schema-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** The check over today's schema as the release and a changed one as the next. */
function compare(change: (sdl: string) => string, acknowledged: object[] = []) {
  const changed = change(contract)
  const files = [
    ['--release', write('release.graphql', contract)],
    ['--schema', write('next.graphql', changed)],
    ['--acknowledged', write('acknowledged.json', JSON.stringify(acknowledged))],
  ].flat()
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--all', ...files], { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

const removed = "Field 'Query.overview' was removed"
const dropOverview = (sdl: string) => sdl.replace('  overview: Overview!\n', '')

describe('the comparison with the last release', () => {
  it('passes a schema that only gained something, and says what', () => {
    const { status, said } = compare((sdl) => sdl.replace('type Query {', 'type Query {\n  fresh: Int'))
    expect([status, said]).toEqual([0, expect.stringContaining("Field 'fresh' was added to object type 'Query'")])
  })

  it.each<[string, (sdl: string) => string]>([
    ["Field 'overview' was removed from object type 'Query'", dropOverview],
    ["Enum value 'ERASED' was removed from enum 'DatasetVersionState'", (sdl) => sdl.replace('\n  ERASED', '')],
    [
      "Input field 'RequestErasureInput.ground' changed type from 'String!' to 'Int!'",
      (sdl) => sdl.replace(/(input RequestErasureInput \{[^}]*ground: )String!/, '$1Int!'),
    ],
  ])('fails on a planted break: %s', (message, change) => {
    const { status, said } = compare(change)
    expect([status, said]).toEqual([1, expect.stringContaining(`Not acknowledged: ${message}`)])
  })

  it('passes a break that is acknowledged with a reason and a date, and no acknowledgement without either', () => {
    const change = "Field 'overview' was removed from object type 'Query'"
    const note = { change, reason: 'Nobody asked for it.', date: '2026-11-28' }
    expect(compare(dropOverview, [note]).status).toBe(0)
    expect(compare(dropOverview, [{ ...note, reason: '' }]).status).toBe(1)
    expect(compare(dropOverview, [{ ...note, date: 'soon' }]).status).toBe(1)
  })

  it('fails on an acknowledgement of what did not happen', () => {
    const { status, said } = compare((sdl) => sdl, [{ change: removed, reason: 'r', date: '2026-11-28' }])
    expect([status, said]).toEqual([1, expect.stringContaining('Acknowledged, but no change')])
  })

  it('wants a day in every deprecation', () => {
    const deprecate = (reason: string) => (sdl: string) =>
      sdl.replace('  overview: Overview!', `  overview: Overview! @deprecated(reason: "${reason}")`)
    expect(compare(deprecate('Use viewer. Removed on or after 2027-06-01.')).status).toBe(0)
    const { status, said } = compare(deprecate('Use viewer.'))
    expect([status, said]).toEqual([
      1,
      expect.stringContaining('Deprecated without a day (YYYY-MM-DD): Query.overview'),
    ])
  })
})
