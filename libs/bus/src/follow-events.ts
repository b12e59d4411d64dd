import { DeliverPolicy, type JsMsg, type OrderedConsumerOptions } from '@nats-io/jetstream'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { AggregateChanged, RunProgressed } from './contracts/events.js'
import { scopeFilter, type EventScope } from './subjects.js'
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

const startAt = (from: FollowOptions['from']): Partial<OrderedConsumerOptions> =>
  from === 'replay'
    ? { deliver_policy: DeliverPolicy.All }
    : from === 'new'
      ? { deliver_policy: DeliverPolicy.New }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from + 1 }

/** Replays, then follows, in order and without gaps also over an interruption of the server, until the signal aborts. */
export async function* followEvents(bus: Bus, { scope, from, signal }: FollowOptions): AsyncGenerator<FollowedEvent> {
  const filter_subjects = scopeFilter(scope)
  if (signal.aborted) return
  const consumer = await bus.js.consumers.get(stream.events, { filter_subjects, ...startAt(from) })
  // Short pulls: a server that was replaced forgets the consumer, and two missed heartbeats tell.
  const messages = await consumer.consume({ max_messages: 200, expires: 4000 })
  const stop = (): void => void messages.close()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    for await (const message of messages) {
      const followed = decodeEvent(message)
      if (followed) yield followed
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await messages.close()
  }
}

/** A malformed event is passed over: events only announce; the truth is in rows and results. */
function decodeEvent({ subject, seq, data }: JsMsg): FollowedEvent | null {
  try {
    return subject.endsWith('.progress')
      ? { sequence: seq, type: 'progress', event: decodeMessage(RunProgressed, data) }
      : { sequence: seq, type: 'changed', event: decodeMessage(AggregateChanged, data) }
  } catch {
    return null
  }
}
