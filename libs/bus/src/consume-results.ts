import { DomainError, isDomainError } from '@lethe/domain'
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { RunProgressed } from './contracts/events.js'
import { RunResult } from './contracts/results.js'
import { bury } from './dead-letter.js'
import { assertProven, type GrantsOf } from './report-proof.js'
import { progressSubject, resultSubject } from './subjects.js'
import { progressConsumer, provenAfter, resultConsumer, stream } from './topology.js'

export interface ConsumeOptions<T> {
  /** Resolves once the message is durably recorded; may be called again with the same one. */
  readonly handler: (message: T) => Promise<void>
  /** Whoever says something of a run must have held one of these. */
  readonly grantsOf: GrantsOf
  readonly signal: AbortSignal
  /** Told what was put off or buried, and why; with its subject, where it was one message. */
  readonly onError?: (error: unknown, subject?: string) => void
}

/** What workers say of runs, and where. */
interface Reports<T> {
  readonly stream: string
  readonly consumer: string
  readonly schema: z.ZodType<T>
  readonly subjectOf: (report: T) => string
}

type Report = Pick<RunResult, 'tenantId' | 'runId'>

const results: Reports<RunResult> = {
  stream: stream.results,
  consumer: resultConsumer,
  schema: RunResult,
  subjectOf: ({ runKind, tenantId, runId }) => resultSubject(runKind, tenantId, runId),
}

const progress: Reports<RunProgressed> = {
  stream: stream.events,
  consumer: progressConsumer,
  schema: RunProgressed,
  subjectOf: ({ tenantId, runId }) => progressSubject(tenantId, runId),
}

/**
 * Every result, one at a time, until it is recorded: an accident puts it off, without bound; a refusal buries it, and so does
 * a missing or wrong proof, before the handler sees anything.
 */
export const consumeResults = (bus: Bus, options: ConsumeOptions<RunResult>): Promise<void> =>
  consumeDurably(bus, results, options)

/** Progress of every run, in order of each run. */
export const consumeProgress = (bus: Bus, options: ConsumeOptions<RunProgressed>): Promise<void> =>
  consumeDurably(bus, progress, options)

async function consumeDurably<T extends Report>(
  bus: Bus,
  reports: Reports<T>,
  options: ConsumeOptions<T>,
): Promise<void> {
  while (!options.signal.aborted && !bus.nc.isClosed()) {
    let messages: ConsumerMessages | undefined
    const stop = (): void => void messages?.close()
    options.signal.addEventListener('abort', stop)
    const reconnects = bus.onReconnect(stop)
    try {
      const since = await provenAfter(bus.nc, reports.stream)
      const consumer = await bus.js.consumers.get(reports.stream, reports.consumer)
      messages = await consumer.consume({ max_messages: 50, expires: 5000 })
      if (options.signal.aborted) stop()
      for await (const message of messages) {
        if (options.signal.aborted) message.nak()
        else await settleRecord(bus, message, options, () => readReport(message, reports, options.grantsOf, since))
      }
    } catch (error) {
      options.onError?.(error)
      await wait(250)
    } finally {
      reconnects.stop()
      options.signal.removeEventListener('abort', stop)
    }
  }
}

/**
 * What was queued before reports had proofs is taken without one.
 *
 * @throws DomainError MESSAGE_MALFORMED, REPORT_UNPROVEN
 */
function readReport<T extends Report>(message: JsMsg, reports: Reports<T>, grantsOf: GrantsOf, since: number): T {
  const report = decodeMessage(reports.schema, message.data)
  if (reports.subjectOf(report) !== message.subject)
    throw new DomainError('MESSAGE_MALFORMED', 'The message names another run than its subject does.', 'runId')
  if (message.seq > since) assertProven(message, grantsOf(report))
  return report
}

async function settleRecord<T>(bus: Bus, message: JsMsg, options: ConsumeOptions<T>, read: () => T) {
  const heartbeat = setInterval(() => message.working(), 3000)
  try {
    await options.handler(read())
    message.ack()
  } catch (error) {
    options.onError?.(error, message.subject)
    if (isDomainError(error)) await bury(bus, message, error.message)
    else message.nak(Math.min(500 * 2 ** Math.min(message.info.deliveryCount, 6), 30_000))
  } finally {
    clearInterval(heartbeat)
  }
}
