import { DomainError, isSettled } from '@lethe/domain'
import { followProgress, readRun, type Run } from './api/run-api.js'
import type { GatewayClient } from './gateway-client.js'
import type { DemoView } from './view/demo-view.js'

const pollMs = 500

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Shows a run until it is settled. The row says when; the stream of progress only decorates, and may break. */
export async function watchRun(client: GatewayClient, view: DemoView, runId: string, label: string): Promise<Run> {
  const stop = new AbortController()
  let following: Promise<void> | null = null
  try {
    for (;;) {
      const run = await readRun(client, runId)
      if (isSettled(run.state)) {
        view.finish(runId, label, outcomeOf(run))
        return run
      }
      // What was over when it was found is not shown again.
      following ??= showProgress(client, view, runId, label, stop.signal)
      await pause(pollMs)
    }
  } finally {
    stop.abort()
    await following
  }
}

/** As {@link watchRun}. @throws DomainError with the run's own failure unless it succeeded. */
export async function awaitRun(client: GatewayClient, view: DemoView, runId: string, label: string): Promise<Run> {
  const run = await watchRun(client, view, runId, label)
  if (run.state === 'SUCCEEDED') return run
  const { code, message } = run.failure ?? { code: 'RUN_CANCELLED', message: 'Somebody cancelled the run.' }
  throw new DomainError(code, `${label}: ${message}`)
}

async function showProgress(
  client: GatewayClient,
  view: DemoView,
  runId: string,
  label: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const progress of followProgress(client, runId, signal)) {
        if (signal.aborted) return
        view.progress(runId, label, progress)
      }
    } catch {
      // The gateway may be restarting; the stream replays from the start when it is back.
    }
    if (!signal.aborted) await pause(pollMs)
  }
}

function outcomeOf({ state, cost, failure }: Run): string {
  if (state === 'CANCELLED') return 'cancelled'
  if (state === 'FAILED') return `failed: ${failure?.message ?? 'no reason was given'}`
  return cost ? `done in ${cost.wallSeconds.toFixed(1)} s` : 'done'
}
