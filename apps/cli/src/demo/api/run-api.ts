import type { Progress, RunKind, RunState } from '@lethe/domain'
import type { GatewayClient } from '../gateway-client.js'

export interface Cost {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMemoryBytes: number
  readonly device: string
}

export interface Run {
  readonly id: string
  readonly kind: RunKind
  readonly state: RunState
  readonly attempt: number
  readonly method: string | null
  readonly device: string | null
  readonly progress: Progress | null
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly cost: Cost | null
  readonly queuedAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

export const progressFields = 'phase fraction epoch epochs step steps loss samplesPerSecond etaSeconds'
export const runFields = `id kind state attempt method device queuedAt startedAt finishedAt
  progress { ${progressFields} } failure { code message } cost { wallSeconds cpuSeconds peakMemoryBytes device }`

export async function readRun(client: GatewayClient, id: string): Promise<Run> {
  const { run } = await client.request<{ run: Run }>(`query ($id: ID!) { run(id: $id) { ${runFields} } }`, { id })
  return run
}

/** Everything that was and will be observed of a run; never ends by itself. */
export async function* followProgress(
  client: GatewayClient,
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const events = client.subscribe<{ runProgress: { progress: Progress } }>(
    `subscription ($runId: ID!) { runProgress(runId: $runId) { progress { ${progressFields} } } }`,
    { runId },
    signal,
  )
  for await (const { runProgress } of events) yield runProgress.progress
}
