import { expect, it } from 'vitest'
import { Findings } from './findings.js'
import { type BlobState, KeptBlobs } from './kept-blobs.js'

const digest = (n: number): string => String(n).padStart(64, '0')
const entry = (seq: number, kind: string, statement: object) => ({
  seq,
  kind,
  body: JSON.stringify(statement),
  leafHash: Buffer.alloc(32),
  prevHash: Buffer.alloc(32),
  hash: Buffer.alloc(32),
})
const made = (seq: number, kind: string, ...names: [name: string, of: number][]) =>
  entry(seq, kind, { subject: names.map(([name, of]) => ({ name, digest: { sha256: digest(of) } })) })
const receipt = (seq: number, store: string, ...of: number[]) =>
  entry(seq, 'data-deleted/v1', {
    predicate: { store, things: of.map((n) => ({ thing: 'dataset-pack', digest: digest(n) })) },
  })

async function findingsOf(entries: readonly ReturnType<typeof entry>[], states: Readonly<Record<number, BlobState>>) {
  const findings = new Findings()
  const kept = new KeptBlobs(findings)
  for (const each of entries) kept.take(each)
  const count = await kept.compare((of) => Promise.resolve(states[Number(of)] ?? 'missing'))
  return { count, found: findings.list.map(({ code, place }) => `${code} ${place?.slice(-1)}`) }
}

const history = [
  made(1, 'dataset-registered/v1', ['dataset-version/d/pack', 1]),
  made(
    2,
    'model-trained/v1',
    ['model-version/m/weights', 2],
    ['model-version/m/state', 3],
    ['model-version/m/signature', 4],
  ),
  made(3, 'audit-completed/v1', ['model-version/m/weights', 2], ['audit/a/report', 9], ['audit/a/data', 5]),
  receipt(4, 'artifacts', 1, 3),
  receipt(5, 'database', 5),
]
const sound = { 2: 'sound', 4: 'sound', 5: 'sound' } as const

it('finds nothing where what is named is kept and what has a receipt is gone', async () => {
  expect(await findingsOf(history, sound)).toEqual({ count: 5, found: [] })
})

it('names what is missing, what was changed, and what is still there in spite of its receipt', async () => {
  expect((await findingsOf(history, { ...sound, 2: 'missing' })).found).toEqual(['BLOB_MISSING 2'])
  expect((await findingsOf(history, { ...sound, 5: 'changed' })).found).toEqual(['BLOB_CHANGED 5'])
  expect((await findingsOf(history, { ...sound, 3: 'sound' })).found).toEqual(['BLOB_UNDELETED 3'])
})

it('takes the newest word on the same bytes', async () => {
  const again = [...history, made(6, 'dataset-registered/v1', ['dataset-version/e/pack', 1])]
  expect((await findingsOf(again, sound)).found).toEqual(['BLOB_MISSING 1'])
  expect((await findingsOf(again, { ...sound, 1: 'sound' })).found).toEqual([])
})

it('asks for nothing that an audit only mentions, and is not stopped by a body that is none', async () => {
  const mentioned = [
    made(1, 'audit-completed/v1', ['model-version/m/weights', 2]),
    { ...made(2, 'model-trained/v1'), body: '{' },
  ]
  expect(await findingsOf(mentioned, {})).toEqual({ count: 0, found: [] })
})
