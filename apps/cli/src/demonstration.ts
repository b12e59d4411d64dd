import type { Platform } from '@lethe/stack'
import { emojiScenario, listSignIns, runDemo } from './demo/index.js'
import { localTrustRoots } from './ledger/local-roots.js'

/** One way to sign in to the platform that is shown on the final screen. */
export interface SignIn {
  role: string
  email: string
  password: string
}

export interface DemonstrationResult {
  /** False when a step failed or a guarantee did not hold. */
  succeeded: boolean
  summaryFile: string
}

/** What `lethe up` does with a platform that is ready. */
export interface Demonstration {
  signIns: (platform: Platform) => Promise<readonly SignIn[]>
  run: (platform: Platform, signal: AbortSignal) => Promise<DemonstrationResult>
}

/** The demonstration that `lethe up` runs unless told not to. An audit's verdict is its result, never its failure. */
export const demonstration: Demonstration = {
  signIns: async ({ stateDir, facts }) => {
    const people = await listSignIns(stateDir, emojiScenario(facts.tensorflow.backend))
    return [{ role: 'platform_admin', ...facts.bootstrapAdmin }, ...people]
  },
  run: async ({ stateDir, facts, urls }, signal) => {
    const running = runDemo({
      gatewayUrl: urls.gateway,
      embeddingUrl: urls.embedding,
      stateDir,
      backend: facts.tensorflow.backend,
      admin: facts.bootstrapAdmin,
      logPublicKey: facts.logPublicKey,
      trustRootsOf: (tenantId) => localTrustRoots([tenantId], stateDir),
      out: process.stdout,
      signal,
    })
    const { summary, summaryFile } = await Promise.race([running, rejectOnAbort(signal)])
    return { succeeded: summary.checks.every(({ ok }) => ok), summaryFile }
  },
}

/** Leaves at once: whatever was asked of the platform goes on there, and the next start takes it up. */
const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = () => reject(new Error('The demonstration was interrupted; the next start continues it.'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })
