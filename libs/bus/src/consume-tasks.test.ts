import { DomainError, type Digest } from '@lethe/domain'
import { jetstreamManager } from '@nats-io/jetstream'
import { headers } from 'nats'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestCancel } from './cancel.js'
import type { TaskContext } from './consume-tasks.js'
import type { BlobRef } from './contracts/blobs.js'
import type { Task } from './contracts/tasks.js'
import { deadLetterHeader } from './dead-letter.js'
import { grantHeader, publishTask } from './publish.js'
import { readQueues } from './read-queues.js'
import { deadSubject, taskSubject } from './subjects.js'
import { grant, newTask, outcome, startRig, untilAborted, type Rig } from './testing/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const stored = () => Promise.resolve()
const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 20 })
const resultsOf = (task: Task) => rig.results.filter((result) => result.runId === task.runId)
const submit = (task: Task) => publishTask(rig.bus, task, { msgId: task.runId, grant })
const cancel = ({ tenantId, runId, kind: runKind }: Task) =>
  requestCancel(rig.bus, { tenantId, runId, runKind, at: new Date().toISOString() }, grant)
const granted = () => {
  const beside = headers()
  beside.set(grantHeader, grant)
  return beside
}
const subjectOf = (task: Task) => taskSubject(task.kind, task.tenantId, task.runId)
const deadLetter = async (subject: string) =>
  (await jetstreamManager(rig.bus.nc)).streams.getMessage('DEAD', { last_by_subj: deadSubject(subject) })
const queued = async (task: Task) =>
  (await jetstreamManager(rig.bus.nc)).streams.getMessage('TASKS', { last_by_subj: subjectOf(task) })

describe('the ordinary course', () => {
  it('runs a task once though it is published twice, and removes it from the queue', async () => {
    const task = newTask()
    let runs = 0
    const worker = await rig.startWorker(() => Promise.resolve((runs++, outcome)))
    expect(await submit(task)).toEqual({ duplicate: false })
    expect(await submit(task)).toEqual({ duplicate: true })
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]))
    await until(async () => expect(await queued(task)).toBeNull())
    await worker.stop()
    expect(runs).toBe(1)
  })

  it('ends a run that was published again after it ended without running it again', async () => {
    const task = newTask()
    let runs = 0
    const worker = await rig.startWorker(() => Promise.resolve((runs++, outcome)))
    await submit(task)
    await until(() => expect(resultsOf(task)).toHaveLength(1))
    await publishTask(rig.bus, task, { msgId: `${task.runId}-again`, grant })
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('already-ended'))
    await worker.stop()
    expect(runs).toBe(1)
  })

  it('does one task at a time and hands a second to another worker', async () => {
    const tasks = [newTask(), newTask()]
    const seen: string[] = []
    const slow = async ({ task, signal }: TaskContext) => {
      seen.push(task.runId)
      return untilAborted(signal)
    }
    const workers = await Promise.all([rig.startWorker(slow), rig.startWorker(slow)])
    await Promise.all(tasks.map(submit))
    await until(() => expect(seen.toSorted()).toEqual(tasks.map(({ runId }) => runId).toSorted()))
    for (const { notes } of workers) expect(notes.filter(({ event }) => event === 'started')).toHaveLength(1)
    await Promise.all(tasks.map(cancel))
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  it('keeps a task as long as heartbeats come, well beyond the ack wait', async () => {
    const task = newTask()
    let runs = 0
    const slow = async () => {
      runs++
      await new Promise((resolve) => setTimeout(resolve, 3000))
      return outcome
    }
    const workers = await Promise.all([rig.startWorker(slow), rig.startWorker(slow)])
    await submit(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]))
    await Promise.all(workers.map((worker) => worker.stop()))
    expect(runs).toBe(1)
  })

  it('takes one task and returns, or returns when none comes', async () => {
    const task = newTask()
    await submit(task)
    const one = await rig.startWorker(() => Promise.resolve(outcome), { once: { waitMs: 60_000 } })
    await one.done
    expect(one.notes.map(({ event }) => event)).toEqual(['started', 'succeeded'])
    await (
      await rig.startWorker(() => Promise.resolve(outcome), { once: { waitMs: 0 } })
    ).done
  })
})

describe('bad messages', () => {
  it.each([
    ['no JSON', () => 'not json', /not JSON/],
    ['another contract', (task: Task) => JSON.stringify({ ...task, imageSize: 1 }), /imageSize|contract/],
    ['another run than its subject', (task: Task) => JSON.stringify({ ...task, runId: task.tenantId }), /another run/],
  ])('keeps %s as it came, ends the run, and never runs it', async (_, body, reason) => {
    const task = newTask()
    const sent = body(task)
    let runs = 0
    const worker = await rig.startWorker(() => Promise.resolve((runs++, outcome)))
    await rig.bus.js.publish(subjectOf(task), sent, { headers: granted() })
    await until(() =>
      expect(resultsOf(task)).toMatchObject([{ outcome: 'failed', error: { code: 'MESSAGE_MALFORMED' } }]),
    )
    await until(async () => expect(await queued(task)).toBeNull())
    const kept = await deadLetter(subjectOf(task))
    expect(kept?.string()).toBe(sent)
    expect(kept?.header.get(deadLetterHeader.reason)).toMatch(reason)
    await worker.stop()
    expect(runs).toBe(0)
  })

  it('keeps what speaks of nobody, without inventing a result', async () => {
    const worker = await rig.startWorker(() => Promise.resolve(outcome))
    const before = rig.results.length
    await rig.bus.js.publish('tasks.ingest.nobody.nothing', '{}')
    await until(async () => expect((await deadLetter('tasks.ingest.nobody.nothing'))?.string()).toBe('{}'))
    await worker.stop()
    expect(rig.results).toHaveLength(before)
  })
})

describe('refusals and accidents', () => {
  it('ends the run on a typed refusal at once, without a dead letter', async () => {
    const task = newTask()
    const worker = await rig.startWorker(() =>
      Promise.reject(new DomainError('FORGET_SET_EMPTY', 'Choose samples.', 'forget')),
    )
    await submit(task)
    const error = { code: 'FORGET_SET_EMPTY', message: 'Choose samples.', field: 'forget' }
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'failed', attempt: 1, error }]))
    await worker.stop()
    expect(await deadLetter(subjectOf(task))).toBeNull()
  })

  it('tries an accident again, then keeps the task as a dead letter and ends the run', async () => {
    const task = newTask()
    const attempts: number[] = []
    const worker = await rig.startWorker(({ attempt }) => {
      attempts.push(attempt)
      return Promise.reject(new Error('out of memory near sample 4711'))
    })
    await submit(task)
    await until(() =>
      expect(resultsOf(task)).toMatchObject([{ outcome: 'failed', error: { code: 'ATTEMPTS_EXHAUSTED' } }]),
    )
    await until(async () => expect(await queued(task)).toBeNull())
    await worker.stop()
    expect(attempts).toEqual([1, 2, 3])
    expect((await deadLetter(subjectOf(task)))?.json()).toEqual(task)
    expect(JSON.stringify(resultsOf(task))).not.toContain('4711')
  })

  it('succeeds when an accident does not come again', async () => {
    const task = newTask()
    const worker = await rig.startWorker(({ attempt }) =>
      attempt === 1 ? Promise.reject(new Error('once')) : Promise.resolve(outcome),
    )
    await submit(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }]))
    await worker.stop()
  })
})

describe('lost workers', () => {
  it('gives the task of a vanished worker to another, which resumes where that one was', async () => {
    const task = newTask()
    const resume = task.upload
    const lost = await rig.startWorker(async (context) => {
      await context.saveResume(resume, stored)
      await lost.bus.nc.close()
      return untilAborted(context.signal)
    })
    await submit(task)
    await until(() => expect(lost.bus.nc.isClosed()).toBe(true))
    const seen: unknown[] = []
    const next = await rig.startWorker((context) => {
      seen.push(context.resume)
      return Promise.resolve(outcome)
    })
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }]))
    expect(seen).toEqual([resume])
    await next.stop()
    expect(rig.discarded.splice(0)).toEqual([resume])
  })

  it('deletes what a worker had stored when it vanished before or after it could say so', async () => {
    const task = newTask()
    const [announced, replacing] = ['b', 'c'].map((letter) => ({ ...task.upload, digest: letter.repeat(64) as Digest }))
    const lost = await rig.startWorker(async (context) => {
      await context.saveResume(task.upload, stored)
      await context.saveResume(announced as BlobRef, () => lost.bus.nc.close())
      return outcome
    })
    await submit(task)
    await until(() => expect(lost.bus.nc.isClosed()).toBe(true))
    const next = await rig.startWorker(async (context) => {
      expect(context.resume).toEqual(task.upload)
      expect(rig.discarded.splice(0)).toEqual([announced])
      await context.saveResume(replacing as BlobRef, stored)
      expect(rig.discarded.splice(0)).toEqual([task.upload])
      return outcome
    })
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }]))
    await next.stop()
    expect(rig.discarded.splice(0)).toEqual([replacing])
  })

  it('ends a run that every worker dies of, though none of them could say so', async () => {
    const task = newTask()
    let runs = 0
    const fatal = async (context: TaskContext): Promise<never> => {
      runs++
      const dying = workers.at(-1)
      await (await dying)?.bus.nc.close()
      return untilAborted(context.signal)
    }
    const workers: ReturnType<Rig['startWorker']>[] = []
    await submit(task)
    for (let count = 1; count <= 3; count++) {
      workers.push(rig.startWorker(fatal))
      await until(() => expect(runs).toBe(count))
    }
    const survivor = await rig.startWorker(() => Promise.resolve((runs++, outcome)))
    await until(() =>
      expect(resultsOf(task)).toMatchObject([{ outcome: 'failed', error: { code: 'ATTEMPTS_EXHAUSTED' } }]),
    )
    await survivor.stop()
    expect(runs).toBe(3)
    expect((await deadLetter(subjectOf(task)))?.json()).toEqual(task)
  })

  it('fences off a worker that was away and does not know that its run was taken over', async () => {
    const task = newTask()
    let saved: unknown
    const stale = await rig.startWorker(
      async (context) => {
        if (context.attempt > 1) return outcome
        // No heartbeat within the ack wait, as when the process was frozen.
        await until(() => expect(resultsOf(task)).toHaveLength(1))
        saved = await context.saveResume(task.upload, stored).catch((error: unknown) => error)
        throw saved as Error
      },
      { heartbeatMs: 60_000 },
    )
    await submit(task)
    await until(() => expect(stale.notes.map(({ event }) => event)).toContain('started'))
    const next = await rig.startWorker(() => Promise.resolve(outcome))
    await until(() => expect(stale.notes.map(({ event }) => event)).toContain('superseded'))
    expect(saved).toMatchObject({ code: 'ATTEMPT_SUPERSEDED' })
    expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }])
    await Promise.all([stale.stop(), next.stop()])
  })

  it('hands a task back on shutdown, at once and as often as it takes, without counting it as a failure', async () => {
    const task = newTask()
    await submit(task)
    for (let deploy = 1; deploy <= 5; deploy++) {
      const worker = await rig.startWorker(({ signal }) => untilAborted(signal))
      await until(() => expect(worker.notes.map(({ event }) => event)).toContain('started'))
      await worker.stop()
      expect(worker.notes.at(-1)).toMatchObject({ event: 'handed-back', attempt: deploy })
    }
    const worker = await rig.startWorker(() => Promise.resolve(outcome))
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 6 }]))
    await worker.stop()
  })
})

describe('cancelling', () => {
  it('ends a run of which some worker only claims that it has ended', async () => {
    const task = newTask()
    const claim = { version: 1, begun: 1, handedBack: 0, running: false, ended: true, resume: null, doomed: [] }
    await rig.bus.attempts.put(task.runId, JSON.stringify(claim))
    await cancel(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled' }]))
  })

  it('after the result is on its way changes nothing', async () => {
    const task = newTask()
    const worker = await rig.startWorker(() => Promise.resolve(outcome))
    await submit(task)
    await until(() => expect(resultsOf(task)).toHaveLength(1))
    await until(async () => expect(await queued(task)).toBeNull())
    await cancel(task)
    await worker.stop()
    const later = newTask()
    await cancel(later)
    await until(() => expect(resultsOf(later)).toHaveLength(1))
    expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded' }])
  })

  it('stops a running task with the reason, and ends the run as cancelled', async () => {
    const task = newTask()
    const other = newTask()
    const reasons: unknown[] = []
    const worker = await rig.startWorker(({ signal, task: { runId } }) => {
      signal.addEventListener('abort', () => reasons.push([runId, (signal.reason as { why: string }).why]))
      return untilAborted(signal)
    })
    await submit(task)
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('started'))
    await cancel(other)
    await cancel(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled', attempt: 1 }]))
    expect(reasons).toEqual([[task.runId, 'cancelled']])
    await worker.stop()
  })

  it('ends a queued run without any worker, and none runs it later', async () => {
    const task = newTask()
    await submit(task)
    await cancel(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled' }]))
    expect(await queued(task)).toBeNull()
    let runs = 0
    await publishTask(rig.bus, task, { msgId: `${task.runId}-late`, grant })
    const worker = await rig.startWorker(() => Promise.resolve((runs++, outcome)))
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('already-ended'))
    await worker.stop()
    expect(runs).toBe(0)
    expect(resultsOf(task)).toHaveLength(1)
  })

  it('deletes what a cancelled run had saved, though no worker had it', async () => {
    const task = newTask()
    await submit(task)
    const worker = await rig.startWorker(async (context) => {
      await context.saveResume(task.upload, stored)
      return untilAborted(context.signal)
    })
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('started'))
    await worker.stop()
    await cancel(task)
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled' }]))
    expect(rig.discarded.splice(0)).toEqual([])
    const next = await rig.startWorker(() => Promise.resolve(outcome))
    await until(() => expect(next.notes.map(({ event }) => event)).toContain('already-ended'))
    await next.stop()
    expect(rig.discarded.splice(0)).toEqual([task.upload])
    expect(await queued(task)).toBeNull()
  })

  it('keeps the result and tries the deletion again when what was saved cannot be deleted at first', async () => {
    const task = newTask()
    let tries = 0
    const worker = await rig.startWorker(async (context) => (await context.saveResume(task.upload, stored), outcome), {
      discardResume: () => (++tries === 1 ? Promise.reject(new Error('store away')) : Promise.resolve()),
    })
    await submit(task)
    await until(() => expect(worker.notes.map(({ event }) => event)).toEqual(['started', 'retry', 'already-ended']))
    await worker.stop()
    expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded' }])
    expect(tries).toBe(2)
  })

  it('ends a run that is cancelled while its worker is handing it back', async () => {
    const task = newTask()
    const worker = await rig.startWorker(async ({ signal }) => {
      await untilAborted(signal).catch(() => cancel(task))
      throw signal.reason as Error
    })
    await submit(task)
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('started'))
    await worker.stop()
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled' }]))
    expect(await queued(task)).toBeNull()
  })

  it('does not let a tenant cancel the run of another', async () => {
    const task = newTask()
    const worker = await rig.startWorker(({ signal }) => untilAborted(signal))
    await submit(task)
    await until(() => expect(worker.notes.map(({ event }) => event)).toContain('started'))
    await cancel({ ...task, tenantId: newTask().tenantId })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(resultsOf(task)).toEqual([])
    await cancel(task)
    await worker.stop()
  })
})

it('says how long the line is', async () => {
  const task = newTask()
  await submit(task)
  expect(await readQueues(rig.bus, ['ingest'])).toEqual([{ kind: 'ingest', waiting: 1, taken: 0 }])
  await cancel(task)
  expect(await readQueues(rig.bus, ['ingest'])).toEqual([{ kind: 'ingest', waiting: 0, taken: 0 }])
})
