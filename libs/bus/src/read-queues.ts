import type { RunKind } from '@lethe/domain'
import { jetstreamManager } from '@nats-io/jetstream'
import type { Bus } from './bus.js'
import { stream, taskConsumer } from './topology.js'

export interface QueueReading {
  readonly kind: RunKind
  /** Tasks that no worker has yet. */
  readonly waiting: number
  /** Tasks that a worker has, or had and has not settled. */
  readonly taken: number
}

/** How long the line is, by kind. */
export async function readQueues(bus: Bus, kinds: readonly RunKind[]): Promise<QueueReading[]> {
  const manager = await jetstreamManager(bus.nc)
  return Promise.all(
    kinds.map(async (kind) => {
      const info = await manager.consumers.info(stream.tasks, taskConsumer(kind))
      return { kind, waiting: info.num_pending, taken: info.num_ack_pending }
    }),
  )
}
