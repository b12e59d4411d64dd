import type { JetStreamPublishOptions } from '@nats-io/jetstream'
import { headers } from 'nats'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from './bus.js'
import { encodeMessage } from './codec.js'
import { AggregateChanged, RunProgressed } from './contracts/events.js'
import { RunResult } from './contracts/results.js'
import { Task } from './contracts/tasks.js'
import { provenBy, resultId } from './report-proof.js'
import { changedSubject, progressSubject, resultSubject, taskSubject } from './subjects.js'

/** Whether the server had this message id already: then nothing was added. */
export interface Published {
  readonly duplicate: boolean
}

/** One try; the caller repeats it with the same message id until it succeeds. */
async function publishOnce(bus: Bus, subject: string, body: string, options: Partial<JetStreamPublishOptions>) {
  const { duplicate } = await bus.js.publish(subject, body, options)
  return { duplicate }
}

/** Beside a task, and not in it: what its run shows to get at blobs, and proves its reports by. */
export const grantHeader = 'Lethe-Grant'

/** `msgId` is the caller's own id (an outbox row): the same task published twice runs once. */
export function publishTask(
  bus: Bus,
  task: Task,
  { msgId, grant }: { msgId: string; grant: string },
): Promise<Published> {
  const beside = headers()
  beside.set(grantHeader, grant)
  const subject = taskSubject(task.kind, task.tenantId, task.runId)
  return publishOnce(bus, subject, encodeMessage(Task, task), { msgID: msgId, headers: beside })
}

/** With the grant of its run. The first result of a run stands; later ones are duplicates. Repeats itself while the server is away. */
export async function publishResult(bus: Bus, result: RunResult, grant: string): Promise<Published> {
  const subject = resultSubject(result.runKind, result.tenantId, result.runId)
  const body = encodeMessage(RunResult, result)
  const options = { msgID: resultId(grant, result.runId), headers: provenBy(grant, subject, body) }
  for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 5000)) {
    try {
      return await publishOnce(bus, subject, body, options)
    } catch (error) {
      if (bus.nc.isClosed()) throw error
      await wait(delayMs)
    }
  }
}

/** With the grant of its run. Not waited for: progress that is lost is replaced by the next. */
export function publishProgress(bus: Bus, event: RunProgressed, grant: string): void {
  if (bus.nc.isClosed() || bus.nc.isDraining()) return
  const [subject, body] = [progressSubject(event.tenantId, event.runId), encodeMessage(RunProgressed, event)]
  bus.nc.publish(subject, body, { headers: provenBy(grant, subject, body) })
}

export const publishChanged = (bus: Bus, event: AggregateChanged, { msgId }: { msgId: string }): Promise<Published> =>
  publishOnce(bus, changedSubject(event.tenantId, event.aggregate, event.id), encodeMessage(AggregateChanged, event), {
    msgID: msgId,
  })
