import type { Bus } from './bus.js'
import { decodeMessage, encodeMessage } from './codec.js'
import { Deployment } from './contracts/events.js'

/** Idempotent: putting the same deployment again changes nothing for those who serve it. */
export async function putDeployment(bus: Bus, deployment: Deployment): Promise<void> {
  await bus.deployments.put(deployment.modelVersionId, encodeMessage(Deployment, deployment))
}

export async function removeDeployment(bus: Bus, modelVersionId: string): Promise<void> {
  await bus.deployments.delete(modelVersionId)
}

export interface DeploymentWatcher {
  onPut(deployment: Deployment): void
  onRemove(modelVersionId: string): void
  /** Every deployment that existed when the watch began has been told. */
  onCurrent(): void
  onMalformed?(modelVersionId: string, error: unknown): void
}

/** Tells what is deployed, then every change, until the signal aborts. */
export async function watchDeployments(bus: Bus, watcher: DeploymentWatcher, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const watch = await bus.deployments.watch()
  signal.addEventListener('abort', () => watch.stop(), { once: true })
  let isCurrent = (await bus.deployments.status()).values === 0
  if (isCurrent) watcher.onCurrent()
  for await (const entry of watch) {
    if (entry.operation === 'PUT') tell(watcher, entry.key, entry.value)
    else watcher.onRemove(entry.key)
    if (isCurrent || entry.delta !== 0) continue
    isCurrent = true
    watcher.onCurrent()
  }
}

function tell(watcher: DeploymentWatcher, key: string, value: Uint8Array): void {
  try {
    watcher.onPut(decodeMessage(Deployment, value))
  } catch (error) {
    watcher.onMalformed?.(key, error)
  }
}
