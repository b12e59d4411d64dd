import type { Attempt } from './attempts.js'
import type { Bus } from './bus.js'
import { isCancelled, onCancelNudge } from './cancel.js'
import type { Task } from './contracts/tasks.js'
import { TaskInterrupt } from './settle.js'

/** One signal for the three reasons to stop. The flag is read at every heartbeat, so a lost nudge only costs time. */
export async function watchInterruptions(
  bus: Bus,
  { tenantId, runId }: Task,
  attempt: Attempt,
  { signal: shutdown, heartbeatMs = 3000 }: { signal: AbortSignal; heartbeatMs?: number },
): Promise<{ signal: AbortSignal; stop(): void }> {
  const controller = new AbortController()
  const interrupt = (why: TaskInterrupt['why']): void => controller.abort(new TaskInterrupt(why))
  const onShutdown = (): void => interrupt('shutdown')
  const readFlags = async (): Promise<void> => {
    if (await isCancelled(bus, tenantId, runId)) interrupt('cancelled')
    else if (await attempt.isSuperseded()) interrupt('superseded')
  }
  shutdown.addEventListener('abort', onShutdown)
  const nudge = onCancelNudge(bus, tenantId, runId, () => void readFlags().catch(() => undefined))
  const poll = setInterval(() => void readFlags().catch(() => undefined), heartbeatMs)
  const stop = (): void => {
    clearInterval(poll)
    nudge.stop()
    shutdown.removeEventListener('abort', onShutdown)
  }
  try {
    await readFlags()
    if (shutdown.aborted) interrupt('shutdown')
    return { signal: controller.signal, stop }
  } catch (error) {
    stop()
    throw error
  }
}
