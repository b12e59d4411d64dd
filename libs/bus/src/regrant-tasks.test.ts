import { jetstreamManager } from '@nats-io/jetstream'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { TaskContext } from './consume-tasks.js'
import type { Task } from './contracts/tasks.js'
import { publishTask } from './publish.js'
import { regrantTasks } from './regrant-tasks.js'
import type { GrantsOf } from './report-proof.js'
import { taskSubject } from './subjects.js'
import { grant, newTask, outcome, startRig, untilAborted, type Rig } from './testing/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const grantsOf: GrantsOf = () => [grant, 'of an earlier secret that holds']
const subjectOf = ({ kind, tenantId, runId }: Task) => taskSubject(kind, tenantId, runId)
const queued = async () => {
  const { streams } = await jetstreamManager(rig.bus.nc)
  return Object.entries((await streams.info('TASKS', { subjects_filter: '>' })).state.subjects ?? {})
}

it('tasks of a release that knew no grants, and of a secret that holds no more, are run once and end as any other', async () => {
  const [none, gone, older, now] = [newTask(), newTask(), newTask(), newTask()]
  await rig.bus.js.publish(subjectOf(none), JSON.stringify(none), { msgID: 'an outbox row' })
  await publishTask(rig.bus, gone, { msgId: gone.runId, grant: 'of a secret that is gone' })
  await publishTask(rig.bus, older, { msgId: older.runId, grant: 'of an earlier secret that holds' })
  await publishTask(rig.bus, now, { msgId: now.runId, grant })
  expect(await regrantTasks(rig.bus, grantsOf)).toBe(2)
  expect(await regrantTasks(rig.bus, grantsOf)).toBe(0)
  expect(await queued()).toEqual(expect.arrayContaining([none, gone, older, now].map((task) => [subjectOf(task), 1])))
  const seen: Pick<TaskContext, 'task' | 'grant'>[] = []
  const worker = await rig.startWorker(({ task, grant }) => (seen.push({ task, grant }), Promise.resolve(outcome)))
  await vi.waitFor(async () => expect(await queued()).toEqual([]), { timeout: 15_000, interval: 50 })
  await worker.stop()
  expect(seen).toHaveLength(4)
  expect(seen).toContainEqual({ task: none, grant })
  expect(seen).toContainEqual({ task: gone, grant })
  const ended = rig.results.filter(({ outcome }) => outcome === 'succeeded').map(({ runId }) => runId)
  expect(ended).toEqual(expect.arrayContaining([none.runId, gone.runId, now.runId]))
})

it('a worker that gets one first leaves it in the queue, and says nothing of its run', async () => {
  const task = newTask()
  await rig.bus.js.publish(subjectOf(task), JSON.stringify(task))
  const worker = await rig.startWorker(() => Promise.resolve(outcome))
  const events = () => worker.notes.filter(({ runId }) => runId === task.runId).map(({ event }) => event)
  await vi.waitFor(() => expect(events()).toEqual(['ungranted']), { timeout: 15_000, interval: 20 })
  expect(rig.results.filter(({ runId }) => runId === task.runId)).toEqual([])
  expect(await regrantTasks(rig.bus, grantsOf)).toBe(1)
  await vi.waitFor(() => expect(events()).toEqual(['ungranted', 'started', 'succeeded']), 15_000)
  await vi.waitFor(async () => expect(await queued()).toEqual([]), { timeout: 15_000, interval: 50 })
  await worker.stop()
  expect(rig.results.filter(({ runId }) => runId === task.runId)).toMatchObject([{ outcome: 'succeeded' }])
})

it('a worker whose grant holds no more is fenced off, and the run ends under one that holds', async () => {
  const task = newTask()
  const worker = await rig.startWorker(({ grant: held, signal }) =>
    held === grant ? Promise.resolve(outcome) : untilAborted(signal),
  )
  const events = () => worker.notes.filter(({ runId }) => runId === task.runId).map(({ event }) => event)
  await publishTask(rig.bus, task, { msgId: task.runId, grant: 'of a secret that is gone' })
  await vi.waitFor(() => expect(events()).toEqual(['started']), { timeout: 15_000, interval: 20 })
  expect(await regrantTasks(rig.bus, grantsOf)).toBe(1)
  await vi.waitFor(() => expect(events()).toEqual(['started', 'superseded', 'started', 'succeeded']), 15_000)
  const results = () => rig.results.filter(({ runId }) => runId === task.runId)
  await vi.waitFor(() => expect(results()).toMatchObject([{ outcome: 'succeeded', attempt: 3 }]), 15_000)
  await worker.stop()
})

it('one of which only half was done is done once more, and queued once', async () => {
  const task = newTask()
  const { seq } = await rig.bus.js.publish(subjectOf(task), JSON.stringify(task))
  await publishTask(rig.bus, task, { msgId: `granted:${seq}`, grant })
  expect(await regrantTasks(rig.bus, grantsOf)).toBe(1)
  expect(await queued()).toEqual([[subjectOf(task), 1]])
})
