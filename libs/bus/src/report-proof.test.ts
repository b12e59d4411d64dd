import type { RunId, TenantId } from '@lethe/domain'
import { startNatsServer } from '@lethe/stack'
import { jetstreamManager } from '@nats-io/jetstream'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { headers } from 'nats'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Bus, connectBus } from './bus.js'
import { consumeProgress, consumeResults } from './consume-results.js'
import { RunProgressed } from './contracts/events.js'
import { RunResult } from './contracts/results.js'
import { deadLetterHeader } from './dead-letter.js'
import { publishProgress, publishResult } from './publish.js'
import { type GrantsOf, provenBy } from './report-proof.js'
import { deadSubject, progressSubject, resultSubject } from './subjects.js'
import { ensureTopology, provenAfter } from './topology.js'

const stateDir = mkdtempSync(join(tmpdir(), 'lethe-bus-proof-'))
const end = new AbortController()
const results: RunResult[] = []
const progress: RunProgressed[] = []
const refused: { code: unknown; subject: string | undefined }[] = []
let server: Awaited<ReturnType<typeof startNatsServer>>
let bus: Bus
let consuming: Promise<unknown>

/** What the registrar would seal: of now, and under a secret that still holds. */
const grantsOf: GrantsOf = ({ tenantId, runId }) => [`now.${tenantId}.${runId}`, `before.${tenantId}.${runId}`]
const grantOf = (run: Parameters<GrantsOf>[0]): string => grantsOf(run)[0]
const newRun = () => ({ tenantId: randomUUID() as TenantId, runId: randomUUID() as RunId })
const at = '2026-01-01T00:00:00.000Z'
const envelope = { version: 1, runKind: 'audit', attempt: 1 } as const
const resultOf = (run: Parameters<GrantsOf>[0], code = 'SAID') =>
  RunResult.parse({
    ...envelope,
    ...run,
    startedAt: at,
    finishedAt: at,
    outcome: 'failed',
    error: { code, message: 'It failed.' },
  })
const progressOf = (run: Parameters<GrantsOf>[0]) =>
  RunProgressed.parse({ ...envelope, ...run, worker: 'w', device: 'd', at, progress: { phase: 'x', fraction: 0.5 } })
const subjectOf = ({ tenantId, runId }: Parameters<GrantsOf>[0]) => resultSubject('audit', tenantId, runId)
const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 20 })
const buried = async (subject: string) =>
  (await jetstreamManager(bus.nc)).streams.getMessage('DEAD', { last_by_subj: deadSubject(subject) })

function consume(): Promise<unknown> {
  const { signal } = end
  const onError = (error: unknown, subject?: string) =>
    void refused.push({ code: (error as { code?: unknown }).code, subject })
  const options = { signal, grantsOf, onError }
  return Promise.all([
    consumeResults(bus, { ...options, handler: (result) => Promise.resolve(void results.push(result)) }),
    consumeProgress(bus, { ...options, handler: (told) => Promise.resolve(void progress.push(told)) }),
  ])
}

/** Takes back what only this release writes into the streams. */
async function makeOlder(): Promise<void> {
  const { streams } = await jetstreamManager(bus.nc)
  for (const name of ['RESULTS', 'EVENTS']) await streams.update(name, { metadata: {} })
}

const beforeProofs = { queued: newRun(), late: newRun() }

beforeAll(async () => {
  server = await startNatsServer({ stateDir })
  bus = await connectBus({ url: server.url, name: 'test', user: 'registrar' })
  // A worker of an earlier release says this before the registrar is updated, and this after it.
  await makeOlder()
  const say = async (run: ReturnType<typeof newRun>) => {
    await bus.js.publish(subjectOf(run), JSON.stringify(resultOf(run)), { msgID: `${run.runId}:result` })
    await bus.js.publish(progressSubject(run.tenantId, run.runId), JSON.stringify(progressOf(run)))
  }
  await say(beforeProofs.queued)
  await ensureTopology(bus.nc)
  await say(beforeProofs.late)
  await ensureTopology(bus.nc)
  consuming = consume()
})

afterAll(async () => {
  end.abort()
  await consuming
  await bus.close()
  await server.stop()
  rmSync(stateDir, { recursive: true, force: true })
})

it('what was queued when the registrar was updated is taken without a proof, and nothing that came later', async () => {
  const { queued, late } = beforeProofs
  await until(() => expect(results.map(({ runId }) => runId)).toEqual([queued.runId]))
  await until(() => expect(progress.map(({ runId }) => runId)).toEqual([queued.runId]))
  await until(async () => expect(await buried(subjectOf(late))).not.toBeNull())
  await until(async () => expect(await buried(progressSubject(late.tenantId, late.runId))).not.toBeNull())
  expect(await provenAfter(bus.nc, 'RESULTS')).toBe(1)
})

describe('a result', () => {
  const forgeries: [
    string,
    (run: ReturnType<typeof newRun>, body: string) => ReturnType<typeof headers> | undefined,
  ][] = [
    ['without a proof', () => undefined],
    [
      'proven by the grant of another run of the tenant',
      (run, body) => provenBy(grantOf({ ...run, runId: newRun().runId }), subjectOf(run), body),
    ],
    [
      'proven by the grant of another tenant',
      (run, body) => provenBy(grantOf({ ...run, tenantId: newRun().tenantId }), subjectOf(run), body),
    ],
    ['whose proof is of other bytes', (run, body) => provenBy(grantOf(run), subjectOf(run), `${body} `)],
    [
      'whose proof is of another subject',
      (run, body) => provenBy(grantOf(run), progressSubject(run.tenantId, run.runId), body),
    ],
    [
      'whose proof is cut short',
      (run, body) => {
        const proven = provenBy(grantOf(run), subjectOf(run), body)
        proven.set('Lethe-Proof', proven.get('Lethe-Proof').slice(0, -4))
        return proven
      },
    ],
  ]

  it.each(forgeries)('%s reaches no handler, is kept as a dead letter, and stops no true one', async (_, beside) => {
    const run = newRun()
    const body = JSON.stringify(resultOf(run, 'FORGED'))
    const proof = beside(run, body)
    // Under the message id that results had before they had proofs, and under no id.
    await bus.js.publish(subjectOf(run), body, { msgID: `${run.runId}:result`, ...(proof ? { headers: proof } : {}) })
    expect(await publishResult(bus, resultOf(run), grantOf(run))).toEqual({ duplicate: false })
    await until(() => expect(results.filter(({ runId }) => runId === run.runId)).toEqual([resultOf(run)]))
    const kept = await buried(subjectOf(run))
    expect(kept?.string()).toBe(body)
    expect(kept?.header.get(deadLetterHeader.reason)).toMatch(/was given the task/)
    expect(refused).toContainEqual({ code: 'REPORT_UNPROVEN', subject: subjectOf(run) })
  })

  it('that speaks of another run than its subject is refused, whatever grant proves it', async () => {
    const [own, other] = [newRun(), newRun()]
    const body = JSON.stringify(resultOf(own))
    await bus.js.publish(subjectOf(other), body, { headers: provenBy(grantOf(own), subjectOf(other), body) })
    await until(() => expect(refused).toContainEqual({ code: 'MESSAGE_MALFORMED', subject: subjectOf(other) }))
    expect(results.filter(({ runId }) => runId === own.runId)).toEqual([])
  })

  it('proven by a grant of an earlier secret that still holds is taken', async () => {
    const run = newRun()
    await publishResult(bus, resultOf(run), grantsOf(run)[1] ?? '')
    await until(() => expect(results.map(({ runId }) => runId)).toContain(run.runId))
  })
})

it('progress without the proof of its run reaches no handler', async () => {
  const [run, other] = [newRun(), newRun()]
  publishProgress(bus, progressOf(run), grantOf(other))
  publishProgress(bus, progressOf(other), grantOf(other))
  await until(() => expect(progress.map(({ runId }) => runId)).toContain(other.runId))
  expect(progress.map(({ runId }) => runId)).not.toContain(run.runId)
  expect(refused).toContainEqual({ code: 'REPORT_UNPROVEN', subject: progressSubject(run.tenantId, run.runId) })
})
