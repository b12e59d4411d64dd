import { DomainError } from '@lethe/domain'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { Kvm, type KV } from '@nats-io/kv'
import { connect, type NatsConnection } from 'nats'
import { setTimeout as wait } from 'node:timers/promises'
import { connectionOptions } from './connection-options.js'
import { inboxPrefixOf, type BusUser } from './permissions.js'
import { awaitTopology, bucketTtlMs, ensureTopology, type TopologyOptions } from './topology.js'

/** A connection and the durable things behind it. Everything else in this library takes it as first argument. */
export interface Bus {
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  /** One record per run: how often it was begun, and where to resume. */
  readonly attempts: KV
  /** One entry per run that was asked to stop. */
  readonly cancelled: KV
  /** One entry per served model version. */
  readonly deployments: KV
  /** Calls back whenever the server was away and is there again; consumers that it forgot are then opened anew. */
  onReconnect(callback: () => void): { stop(): void }
  /** Flushes what was published and closes. */
  close(): Promise<void>
}

export interface BusOptions extends TopologyOptions {
  /** One or more servers, comma-separated: nats://user:password@host:port, nats://token@host:port or tls://… */
  readonly url: string
  /** Shown in the server's monitoring. */
  readonly name: string
  /** Whose rights the connection has; the registrar makes what the others wait for. */
  readonly user: BusUser
  /** How long the first connection may take. Later interruptions are waited out for ever. */
  readonly connectTimeoutMs?: number
}

async function connectPatiently(options: BusOptions): Promise<NatsConnection> {
  const target = connectionOptions(options.url)
  const deadline = Date.now() + (options.connectTimeoutMs ?? 30_000)
  for (;;) {
    try {
      return await connect({
        ...target,
        name: options.name,
        inboxPrefix: inboxPrefixOf(options.user),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        pingInterval: 10_000,
        timeout: 5000,
      })
    } catch (error) {
      if (Date.now() < deadline) {
        await wait(250)
        continue
      }
      const why = error instanceof Error ? error.message : 'unknown reason'
      throw new DomainError(
        'BUS_UNREACHABLE',
        `No NATS server at ${target.servers.join(', ')} (${why}); start one or correct NATS_URL.`,
        'NATS_URL',
      )
    }
  }
}

/** @throws DomainError BUS_UNREACHABLE, BUS_URL_INVALID, BUS_NOT_READY. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const nc = await connectPatiently(options)
  try {
    const kvm = new Kvm(nc)
    const isMaker = options.user === 'registrar'
    // Read from the leader only: a cancel or an attempt must be seen by whoever reads after it was written.
    const bucket = (name: keyof typeof bucketTtlMs): Promise<KV> =>
      isMaker
        ? kvm.create(name, { ttl: bucketTtlMs[name], replicas: options.replicas ?? 1, allow_direct: false })
        : kvm.open(name, { allow_direct: false })
    const [attempts, cancelled, deployments] = await Promise.all([
      bucket('attempts'),
      bucket('cancelled'),
      bucket('deployments'),
    ])
    await (isMaker ? ensureTopology(nc, options) : awaitTopology(nc, options))
    const onReconnect = reconnects(nc)
    return { nc, js: jetstream(nc), attempts, cancelled, deployments, onReconnect, close: () => closeConnection(nc) }
  } catch (error) {
    await nc.close()
    throw error
  }
}

/** One reader of the connection's status for any number of listeners. */
function reconnects(nc: NatsConnection): Bus['onReconnect'] {
  const listeners = new Set<() => void>()
  void (async () => {
    for await (const { type } of nc.status())
      if (type === 'reconnect') for (const listener of [...listeners]) listener()
  })()
  return (callback) => {
    // Each call has an entry of its own, also where one function listens twice.
    const listener = (): void => callback()
    listeners.add(listener)
    return { stop: () => void listeners.delete(listener) }
  }
}

/** Whether the server answers now; never throws, never waits longer than it is told. */
export async function isBusReachable(bus: Bus, timeoutMs = 1000): Promise<boolean> {
  if (bus.nc.isClosed()) return false
  const timer = new AbortController()
  const answered = bus.nc.rtt().then(
    () => true,
    () => false,
  )
  const late = wait(timeoutMs, false, { signal: timer.signal }).catch(() => false)
  return Promise.race([answered, late]).finally(() => timer.abort())
}

async function closeConnection(nc: NatsConnection): Promise<void> {
  if (nc.isClosed()) return
  await nc.drain().catch(() => nc.close())
}
