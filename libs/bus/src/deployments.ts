import { jetstreamManager } from '@nats-io/jetstream'
import type { KvWatchEntry } from '@nats-io/kv'
import type { QueuedIterator } from 'nats'
import { setTimeout as wait } from 'node:timers/promises'
import { isConflict } from './attempt-record.js'
import type { Bus } from './bus.js'
import { decodeMessage, encodeMessage } from './codec.js'
import { Deployment, GrantedDeployment } from './contracts/events.js'

/** Idempotent: putting the same deployment again changes nothing for those who serve it. */
export async function putDeployment(bus: Bus, deployment: GrantedDeployment): Promise<void> {
  await bus.deployments.put(deployment.modelVersionId, encodeMessage(GrantedDeployment, deployment))
}

/** What is served under the id now, or null. */
export async function readDeployment(bus: Bus, modelVersionId: string): Promise<Deployment | null> {
  const entry = await bus.deployments.get(modelVersionId)
  return entry?.operation === 'PUT' ? decodeMessage(Deployment, entry.value) : null
}

/**
 * Puts every deployment again whose grant is another than `grantOf` gives: those of an earlier secret, or of a release that
 * knew none. One that is changed or removed meanwhile is left alone.
 *
 * @returns how many were put again
 */
export async function regrantDeployments(bus: Bus, grantOf: (deployment: Deployment) => string): Promise<number> {
  const { streams } = await jetstreamManager(bus.nc)
  const { state } = await streams.info('KV_deployments', { subjects_filter: '$KV.deployments.>' })
  let count = 0
  for (const subject of Object.keys(state.subjects ?? {})) {
    const entry = await bus.deployments.get(subject.replace('$KV.deployments.', ''))
    const known = entry?.operation === 'PUT' ? Deployment.safeParse(entry.json()).data : undefined
    if (!entry || !known) continue
    const granted = encodeMessage(GrantedDeployment, { ...known, grant: grantOf(known) })
    if (granted === entry.string()) continue
    await bus.deployments.put(entry.key, granted, { previousSeq: entry.revision }).catch((error: unknown) => {
      if (!isConflict(error)) throw error
    })
    count += 1
  }
  return count
}

export async function removeDeployment(bus: Bus, modelVersionId: string): Promise<void> {
  await bus.deployments.delete(modelVersionId)
}

export interface DeploymentWatcher {
  onPut(deployment: GrantedDeployment): void
  onRemove(modelVersionId: string): void
  /** Every deployment that existed when the watch began has been told. */
  onCurrent(): void
  onMalformed?(modelVersionId: string, error: unknown): void
}

/** Tells what is deployed, then every change, until the signal aborts; after an interruption it tells everything again. */
export async function watchDeployments(bus: Bus, watcher: DeploymentWatcher, signal: AbortSignal): Promise<void> {
  let isCurrent = false
  const once: DeploymentWatcher = {
    ...watcher,
    onCurrent: () => {
      if (!isCurrent) watcher.onCurrent()
      isCurrent = true
    },
  }
  while (!signal.aborted && !bus.nc.isClosed()) {
    try {
      await watchUntilInterrupted(bus, once, signal)
    } catch {
      await wait(250)
    }
  }
}

async function watchUntilInterrupted(bus: Bus, watcher: DeploymentWatcher, signal: AbortSignal): Promise<void> {
  let watch: QueuedIterator<KvWatchEntry> | undefined
  let isOver = signal.aborted
  const stop = (): void => {
    isOver = true
    watch?.stop()
  }
  const reconnects = bus.onReconnect(stop)
  signal.addEventListener('abort', stop)
  try {
    // Counted first: what is deployed after that is told as a change.
    const { values } = await bus.deployments.status()
    watch = await bus.deployments.watch()
    if (values === 0) watcher.onCurrent()
    if (isOver) return
    for await (const entry of watch) {
      if (entry.operation === 'PUT') tell(watcher, entry.key, entry.value)
      else watcher.onRemove(entry.key)
      if (entry.delta === 0) watcher.onCurrent()
      if (isOver) return
    }
  } finally {
    reconnects.stop()
    signal.removeEventListener('abort', stop)
    watch?.stop()
  }
}

function tell(watcher: DeploymentWatcher, key: string, value: Uint8Array): void {
  try {
    watcher.onPut(decodeMessage(GrantedDeployment, value))
  } catch (error) {
    watcher.onMalformed?.(key, error)
  }
}
