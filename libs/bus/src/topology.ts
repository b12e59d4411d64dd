import { DomainError, RunKind } from '@lethe/domain'
import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos, type NatsConnection } from 'nats'
import { setTimeout as wait } from 'node:timers/promises'
import { allDead, allEvents, allProgress, allResults, allTasks, taskFilter } from './subjects.js'

export const stream = { tasks: 'TASKS', results: 'RESULTS', events: 'EVENTS', dead: 'DEAD' } as const

/** Durable consumer that workers of a kind share. Kubernetes scales on its lag. */
export const taskConsumer = (kind: RunKind): string => `compute-${kind}`
export const resultConsumer = 'registrar'
export const progressConsumer = 'registrar-progress'

const secondMs = 1000
const dayMs = 86_400 * secondMs

/** How long entries of a bucket are kept; 0 is for ever. */
export const bucketTtlMs = { attempts: 30 * dayMs, cancelled: 30 * dayMs, deployments: 0 } as const

export interface TopologyOptions {
  /** Copies of every stream; 1 on one machine, 3 on a cluster. */
  readonly replicas?: number
  /** A worker that is silent for so long has lost its task. */
  readonly ackWaitMs?: number
}

const streams = (replicas: number): (Partial<StreamConfig> & { name: string })[] => {
  const stored = { storage: StorageType.File, num_replicas: replicas, duplicate_window: nanos(dayMs) }
  return [
    // Refuses new work when full rather than dropping old work.
    {
      ...stored,
      name: stream.tasks,
      subjects: [allTasks],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_msgs: 1_000_000,
    },
    { ...stored, name: stream.results, subjects: [allResults], retention: RetentionPolicy.Workqueue },
    // Replayable. A run's progress keeps its newest part only, so that a long run cannot crowd out the others.
    {
      ...stored,
      name: stream.events,
      subjects: [allEvents],
      retention: RetentionPolicy.Limits,
      max_age: nanos(7 * dayMs),
      max_msgs_per_subject: 2000,
      allow_direct: true,
    },
    {
      ...stored,
      name: stream.dead,
      subjects: [allDead],
      retention: RetentionPolicy.Limits,
      max_age: nanos(90 * dayMs),
    },
  ]
}

const consumers = (ackWaitMs: number): { of: string; config: Partial<ConsumerConfig> & { durable_name: string } }[] => {
  // Deliveries are bounded by `attempts`, which tells a lost worker from one that handed its task back; see settle.ts.
  const explicit = { ack_policy: AckPolicy.Explicit, max_deliver: -1, max_ack_pending: 1000 }
  return [
    ...RunKind.options.map((kind) => ({
      of: stream.tasks,
      config: {
        ...explicit,
        durable_name: taskConsumer(kind),
        filter_subject: taskFilter(kind),
        ack_wait: nanos(ackWaitMs),
      },
    })),
    { of: stream.results, config: { ...explicit, durable_name: resultConsumer, ack_wait: nanos(10 * secondMs) } },
    {
      of: stream.events,
      config: {
        ...explicit,
        durable_name: progressConsumer,
        filter_subject: allProgress,
        ack_wait: nanos(10 * secondMs),
      },
    },
  ]
}

/** In a stream's metadata: the number of the last message that may have no proof, because no release before proved any. */
const provenAfterKey = 'lethe-proven-after'

async function ensureStream(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const found = await manager.streams.info(wanted.name).catch((error: unknown) => {
    // 10059: no such stream.
    if (error instanceof JetStreamApiError && error.code === 10059) return null
    throw error
  })
  const since = found?.config.metadata?.[provenAfterKey] ?? String(found?.state.last_seq ?? 0)
  const config = { ...wanted, metadata: { [provenAfterKey]: since } }
  try {
    await manager.streams.add(config)
  } catch (error) {
    // 10058: the stream exists with another configuration, that of an earlier release.
    if (!(error instanceof JetStreamApiError) || error.code !== 10058) throw error
    await manager.streams.update(config.name, config)
  }
}

/**
 * The number of the last message that was in a stream when reports began to need a proof. It is written down at the first
 * start of a release that asks for proofs, and never moved.
 */
export async function provenAfter(nc: NatsConnection, name: string): Promise<number> {
  const { config } = await (await jetstreamManager(nc)).streams.info(name)
  return Number(config.metadata?.[provenAfterKey] ?? 0)
}

async function ensureConsumer(
  manager: JetStreamManager,
  of: string,
  config: Partial<ConsumerConfig> & { durable_name: string },
): Promise<void> {
  try {
    await manager.consumers.add(of, config)
  } catch (error) {
    // 10148: the consumer exists with another configuration, that of an earlier release. What it delivered stays known.
    if (!(error instanceof JetStreamApiError) || error.code !== 10148) throw error
    await manager.consumers.update(of, config.durable_name, config)
  }
}

/** Creates or updates streams and durable consumers. Any number of processes may run it at once, at every start. */
export async function ensureTopology(nc: NatsConnection, options: TopologyOptions = {}): Promise<void> {
  const manager = await jetstreamManager(nc)
  for (const config of streams(options.replicas ?? 1)) await ensureStream(manager, config)
  for (const { of, config } of consumers(options.ackWaitMs ?? 10 * secondMs)) await ensureConsumer(manager, of, config)
}

/**
 * Waits until the registrar has made what a service stands on; buckets come first, the last consumer last.
 *
 * @throws DomainError BUS_NOT_READY.
 */
export async function awaitTopology(
  nc: NatsConnection,
  { user, connectTimeoutMs = 30_000 }: { user: string; connectTimeoutMs?: number },
): Promise<void> {
  const manager = await jetstreamManager(nc)
  const lastKind = RunKind.options.at(-1) ?? 'pretrain'
  const look = (): Promise<unknown> =>
    user === 'compute'
      ? manager.consumers.info(stream.tasks, taskConsumer(lastKind))
      : manager.streams.info(user === 'embedding' ? 'KV_deployments' : stream.events)
  for (const deadline = Date.now() + connectTimeoutMs; ; await wait(250)) {
    try {
      await look()
      return
    } catch (error) {
      // 10059, 10014: no such stream, no such consumer.
      const isMissing = error instanceof JetStreamApiError && [10059, 10014].includes(error.code)
      if (!isMissing) throw error
      if (Date.now() < deadline) continue
      throw new DomainError(
        'BUS_NOT_READY',
        'The streams that this service reads do not exist; start the registrar, which makes them.',
        'NATS_URL',
      )
    }
  }
}
