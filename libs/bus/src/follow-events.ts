import { DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { AggregateChanged, RunProgressed } from './contracts/events.js'
import { changedSubject, progressSubject, scopeFilter, type EventScope } from './subjects.js'
import { stream } from './topology.js'

/** `sequence` is a cursor: following after it misses nothing and repeats nothing. */
export type FollowedEvent =
  | { readonly sequence: number; readonly type: 'progress'; readonly event: RunProgressed }
  | { readonly sequence: number; readonly type: 'changed'; readonly event: AggregateChanged }

export interface FollowOptions {
  readonly scope: EventScope
  /** `replay`: all that is kept, then what comes. `new`: what comes. A number: what came after that sequence. */
  readonly from: 'replay' | 'new' | number
  readonly signal: AbortSignal
}

/** Replays, then follows, in order and without gaps also over an interruption of the server, until the signal aborts. */
export async function* followEvents(bus: Bus, { scope, from, signal }: FollowOptions): AsyncGenerator<FollowedEvent> {
  const filter = scopeFilter(scope)
  let cursor = from === 'new' ? await newestSequence(bus) : from === 'replay' ? 0 : from
  while (!signal.aborted && !bus.nc.isClosed()) {
    try {
      for await (const message of openAfter(bus, filter, cursor, signal)) {
        cursor = message.seq
        const followed = decodeEvent(message)
        if (followed) yield followed
      }
    } catch {
      // The server is away, or not yet able to answer; the cursor knows where to go on.
      await wait(250)
    }
  }
}

/** Of the newest event: following after it begins with what comes. */
export const newestSequence = async (bus: Bus): Promise<number> =>
  (await (await bus.js.streams.get(stream.events)).info()).state.last_seq

/** Messages after a sequence, until the signal aborts or the server was away: it has forgotten the consumer then. */
async function* openAfter(bus: Bus, filter: string, sequence: number, signal: AbortSignal): AsyncGenerator<JsMsg> {
  let messages: ConsumerMessages | undefined
  let isOver = false
  const stop = (): void => {
    isOver = true
    void messages?.close()
  }
  const reconnects = bus.onReconnect(stop)
  signal.addEventListener('abort', stop)
  try {
    const consumer = await bus.js.consumers.get(stream.events, {
      filter_subjects: filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence + 1,
    })
    messages = await consumer.consume({ max_messages: 200, expires: 4000 })
    if (isOver || signal.aborted) return
    for await (const message of messages) {
      yield message
      // What was fetched before the interruption is fetched again, in order.
      if (isOver) return
    }
  } finally {
    reconnects.stop()
    signal.removeEventListener('abort', stop)
    await messages?.close()
  }
}

/**
 * An event that is malformed, or speaks of something else than its subject, is passed over: events only announce; the truth
 * is in rows and results.
 */
function decodeEvent({ subject, seq, data }: JsMsg): FollowedEvent | null {
  try {
    if (subject.endsWith('.progress')) {
      const event = decodeMessage(RunProgressed, data)
      return progressSubject(event.tenantId, event.runId) === subject
        ? { sequence: seq, type: 'progress', event }
        : null
    }
    const event = decodeMessage(AggregateChanged, data)
    const { tenantId, aggregate, id } = event
    return changedSubject(tenantId, aggregate, id) === subject ? { sequence: seq, type: 'changed', event } : null
  } catch {
    return null
  }
}
