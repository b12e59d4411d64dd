import { isDomainError } from '@lethe/domain'
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { RunProgressed } from './contracts/events.js'
import { RunResult } from './contracts/results.js'
import { bury } from './dead-letter.js'
import { progressConsumer, resultConsumer, stream } from './topology.js'

export interface ConsumeOptions<T> {
  /** Resolves once the message is durably recorded; may be called again with the same one. */
  readonly handler: (message: T) => Promise<void>
  readonly signal: AbortSignal
  /** Told what was put off or buried, and why. */
  readonly onError?: (error: unknown) => void
}

/** Every result, one at a time, until it is recorded: an accident puts it off, without bound; a refusal buries it. */
export const consumeResults = (bus: Bus, options: ConsumeOptions<RunResult>): Promise<void> =>
  consumeDurably(bus, stream.results, resultConsumer, RunResult, options)

/** Progress of every run, in order of each run. */
export const consumeProgress = (bus: Bus, options: ConsumeOptions<RunProgressed>): Promise<void> =>
  consumeDurably(bus, stream.events, progressConsumer, RunProgressed, options)

async function consumeDurably<T>(
  bus: Bus,
  streamName: string,
  consumerName: string,
  schema: z.ZodType<T>,
  options: ConsumeOptions<T>,
): Promise<void> {
  while (!options.signal.aborted && !bus.nc.isClosed()) {
    let messages: ConsumerMessages | undefined
    const stop = (): void => void messages?.close()
    options.signal.addEventListener('abort', stop)
    const reconnects = bus.onReconnect(stop)
    try {
      const consumer = await bus.js.consumers.get(streamName, consumerName)
      messages = await consumer.consume({ max_messages: 50, expires: 5000 })
      if (options.signal.aborted) stop()
      for await (const message of messages) {
        if (options.signal.aborted) message.nak()
        else await settleRecord(bus, message, schema, options)
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

async function settleRecord<T>(bus: Bus, message: JsMsg, schema: z.ZodType<T>, options: ConsumeOptions<T>) {
  const heartbeat = setInterval(() => message.working(), 3000)
  try {
    await options.handler(decodeMessage(schema, message.data))
    message.ack()
  } catch (error) {
    options.onError?.(error)
    if (isDomainError(error)) await bury(bus, message, error.message)
    else message.nak(Math.min(500 * 2 ** Math.min(message.info.deliveryCount, 6), 30_000))
  } finally {
    clearInterval(heartbeat)
  }
}
