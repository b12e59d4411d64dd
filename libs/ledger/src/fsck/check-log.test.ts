import { describe, expect, it } from 'vitest'
import { signLogCheckpoint } from '../signing/log-checkpoint.js'
import { chained, check, makeLog, origin, rechain, type SampleLog, sha256, stranger } from '../testing/sample-log.js'
import { emptyFrontier, frontierToRow } from '../tree/frontier.js'
import { leafHash } from '../tree/hash.js'
import type { StoredEntry } from './entry-chain.js'

const findingsOf = async (log: SampleLog) => (await check(log)).findings
const replaced = <Item>(items: readonly Item[], at: number, change: Partial<Item>): Item[] =>
  items.map((item, i) => (i === at ? { ...item, ...change } : item))

describe('a sound log', () => {
  it('has nothing wrong, and is counted', async () => {
    expect(await check(makeLog())).toEqual({
      origin,
      entries: 705,
      pending: 5,
      checkpoints: { stored: 6, outside: 6 },
      blobs: null,
      findings: [],
      moreFindings: 0,
    })
  })
  it('may be empty, unpublished, young, or have its newest checkpoint on the way to publication', async () => {
    const none = { entries: [], checkpoints: [], nodes: [], outside: [], latest: '' }
    expect((await check(none)).findings).toEqual([])
    const log = makeLog()
    expect(await findingsOf({ ...log, outside: [] })).toEqual([])
    expect(await findingsOf({ ...none, entries: log.entries.slice(0, 300) })).toEqual([])
    const latest = log.outside.at(-2)?.note ?? ''
    expect(await findingsOf({ ...log, outside: log.outside.slice(0, -1), latest })).toEqual([])
    const withoutGrowth = replaced(log.outside, log.outside.length - 1, { growth: undefined })
    expect(await findingsOf({ ...log, outside: withoutGrowth, latest })).toEqual([])
    const older = log.outside.at(-3)?.note ?? ''
    expect(await findingsOf({ ...log, outside: withoutGrowth, latest: older })).toMatchObject([
      { code: 'CHECKPOINT_INVALID', place: 'checkpoints/latest' },
    ])
  })
})

describe('a row', () => {
  it.each([
    ['body', { body: 'forged' }],
    ['body and leaf hash', { body: 'forged', leafHash: leafHash(Buffer.from('forged')) }],
    ['leaf hash', { leafHash: leafHash(Buffer.from('forged')) }],
    ['kind', { kind: 'audit-completed/v1' }],
    ['own hash', { hash: sha256('forged') }],
    ['link', { prevHash: sha256('forged') }],
  ])('whose %s was edited is named, alone', async (_, change) => {
    for (const at of [0, 4, 299, 702]) {
      const log = makeLog()
      const findings = await findingsOf({ ...log, entries: replaced(log.entries, at, change) })
      expect(findings).toMatchObject([{ code: 'ENTRY_CHANGED', entries: [at + 1, at + 1] }])
    }
  })
  it('that was replaced, hashes and all, is named by the row after it', async () => {
    const log = makeLog()
    const forged = chained(400, 'forged', log.entries[398]?.hash ?? Buffer.of())
    const findings = await findingsOf({ ...log, entries: replaced(log.entries, 399, forged) })
    expect(findings).toMatchObject([{ code: 'ENTRY_REPLACED', entries: [400, 400] }])
  })
  it('that is missing is named, in the middle, at the beginning and in a run', async () => {
    const log = makeLog()
    for (const [from, to] of [
      [5, 5],
      [1, 1],
      [250, 320],
      [1, 650],
    ] as const) {
      const entries = log.entries.filter(({ seq }) => seq < from || seq > to)
      expect((await findingsOf({ ...log, entries }))[0]).toMatchObject({ code: 'ENTRY_MISSING', entries: [from, to] })
    }
  })
  it('that changed places with another is named with it', async () => {
    const log = makeLog()
    const [a, b] = [log.entries[9], log.entries[19]]
    const swapped = log.entries.map((entry, at) =>
      at === 9 ? { ...b, seq: 10 } : at === 19 ? { ...a, seq: 20 } : entry,
    )
    const findings = await findingsOf({ ...log, entries: swapped as StoredEntry[] })
    expect(findings.map(({ entries }) => entries)).toEqual([
      [10, 10],
      [20, 20],
    ])
  })
})

describe('a chain that was computed anew after an edit', () => {
  const bodies = makeLog().entries.map(({ body }) => body)
  const rewritten = (at: number) => rechain(bodies.map((body, i) => (i === at - 1 ? 'forged' : body)))

  it.each([
    [1, [1, 2]],
    [3, [3, 3]],
    [7, [7, 7]],
    [8, [8, 8]],
    [290, [257, 288]],
    [500, [257, 512]],
    [650, [641, 672]],
  ] as const)('at row %i is named between two checkpoints, as close as peaks and nodes tell', async (at, range) => {
    const log = makeLog()
    const findings = await findingsOf({ ...log, entries: rewritten(at) })
    const near = findings[0]?.entries ?? [0, 0]
    expect(findings).toMatchObject([{ code: 'ENTRIES_REWRITTEN' }])
    expect(near[0] <= at && at <= near[1]).toBe(true)
    expect(near[1] - near[0]).toBeLessThanOrEqual(range[1] - range[0])
  })
  it('names each of two changes that checkpoints lie between', async () => {
    const log = makeLog()
    const entries = rechain(bodies.map((body, i) => (i === 5 || i === 650 ? 'forged' : body)))
    const findings = await findingsOf({ ...log, entries })
    expect(findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([
      ['ENTRIES_REWRITTEN', 7],
      ['ENTRIES_REWRITTEN', 700],
    ])
  })
  it('is caught by one published checkpoint when all of the database was made anew under the true key', async () => {
    const log = makeLog()
    const forged = makeLog(bodies.map((body, i) => (i === 4 ? 'forged' : body)))
    const findings = await findingsOf({ ...forged, outside: log.outside, latest: log.latest })
    expect(findings).toMatchObject([
      { code: 'CHECKPOINT_FORKED', checkpoint: 7, place: 'checkpoints/7' },
      { code: 'ENTRIES_REWRITTEN', entries: [4, 7] },
    ])
    expect(await findingsOf({ ...forged, outside: [] })).toEqual([])
  })
})

describe('a checkpoint', () => {
  it('that the database lost, and entries that were rolled back, are named', async () => {
    const log = makeLog()
    const checkpoints = log.checkpoints.filter(({ size }) => size !== 8)
    expect(await findingsOf({ ...log, checkpoints })).toMatchObject([{ code: 'CHECKPOINT_MISSING', checkpoint: 8 }])
    const back = { ...log, entries: log.entries.slice(0, 300), nodes: log.nodes.slice(0, 1) }
    expect(await findingsOf({ ...back, checkpoints: log.checkpoints.slice(0, 4) })).toMatchObject([
      { code: 'CHECKPOINT_MISSING', checkpoint: 600 },
      { code: 'CHECKPOINT_MISSING', checkpoint: 700 },
      { code: 'ENTRIES_LOST', entries: [301, 700], checkpoint: 700 },
    ])
    expect(await findingsOf({ ...back, outside: [] })).toContainEqual(
      expect.objectContaining({ code: 'ENTRIES_LOST', entries: [301, 700], place: 'database' }),
    )
  })
  it('whose published file was removed is named', async () => {
    const log = makeLog()
    for (const removed of [8, log.outside[0]?.size]) {
      const outside = log.outside.filter(({ size }) => size !== removed)
      const codes = (await findingsOf({ ...log, outside })).map(({ code, checkpoint }) => [code, checkpoint])
      expect(codes).toContainEqual(['CHECKPOINT_UNPUBLISHED', removed])
    }
  })
  it.each([
    ['of another size', (log: SampleLog) => log.outside[0]?.note ?? ''],
    ['signed by a stranger', () => signLogCheckpoint({ origin, size: 8, root: leafHash(Buffer.of()) }, stranger)],
    ['with a changed root', (log: SampleLog) => (log.outside[2]?.note ?? '').replace(/\n8\n..../, '\n8\nAAAA')],
    ['that is no note', () => 'nothing'],
  ])('replaced by one %s is named, in the folder and in the database', async (_, make) => {
    const log = makeLog()
    const note = make(log)
    const outside = replaced(log.outside, 2, { note })
    expect((await findingsOf({ ...log, outside }))[0]).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      checkpoint: 8,
      place: 'checkpoints/8',
    })
    expect(await findingsOf({ ...log, checkpoints: replaced(log.checkpoints, 2, { note }) })).toMatchObject([
      { code: 'CHECKPOINT_INVALID', checkpoint: 8, place: 'database' },
    ])
  })
  it('of another log, or under a key that is not trusted, is not believed', async () => {
    const log = makeLog()
    const { findings } = await check(log, [stranger])
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['CHECKPOINT_INVALID']))
  })
  it.each([
    ['root', { root: leafHash(Buffer.of()) }, 'CHECKPOINT_INVALID'],
    ['key', { keyId: stranger.id }, 'CHECKPOINT_INVALID'],
    ['frontier', { frontier: frontierToRow(emptyFrontier) }, 'FRONTIER_WRONG'],
  ])('whose row has another %s is named', async (_, change, code) => {
    const log = makeLog()
    expect(await findingsOf({ ...log, checkpoints: replaced(log.checkpoints, 3, change) })).toMatchObject([
      { code, checkpoint: 300 },
    ])
  })
  it('called the newest though newer ones are published is named', async () => {
    const log = makeLog()
    expect(await findingsOf({ ...log, latest: log.outside[2]?.note ?? '' })).toMatchObject([
      { code: 'CHECKPOINT_INVALID', place: 'checkpoints/latest' },
    ])
  })
  it('whose growth proof was changed or exchanged is named', async () => {
    const log = makeLog()
    for (const growth of [log.outside[2]?.growth, log.outside[3]?.growth?.replace('old 8', 'old 7'), 'nothing'])
      expect(await findingsOf({ ...log, outside: replaced(log.outside, 3, { growth }) })).toMatchObject([
        { code: 'GROWTH_INVALID', checkpoint: 300 },
      ])
  })
})

describe('a cached node', () => {
  it('that is wrong, missing or too much is named with the entries below it', async () => {
    const log = makeLog()
    const wrong = replaced(log.nodes, 1, { hash: leafHash(Buffer.of()) })
    expect(await findingsOf({ ...log, nodes: wrong })).toMatchObject([{ code: 'NODE_WRONG', entries: [257, 512] }])
    expect(await findingsOf({ ...log, nodes: log.nodes.slice(1) })).toMatchObject([
      { code: 'NODE_MISSING', entries: [1, 256] },
    ])
    const extra = [...log.nodes, { level: 1, index: 2, hash: leafHash(Buffer.of()) }]
    expect(await findingsOf({ ...log, nodes: extra })).toMatchObject([{ code: 'NODE_UNKNOWN', entries: [513, 768] }])
  })
})

it('counts findings beyond two hundred instead of listing them', async () => {
  const log = makeLog()
  const entries = log.entries.map((entry) => (entry.seq % 2 === 0 ? { ...entry, body: 'forged' } : entry))
  const report = await check({ ...log, entries })
  expect(report.findings).toHaveLength(200)
  expect(report.moreFindings).toBeGreaterThan(100)
})
