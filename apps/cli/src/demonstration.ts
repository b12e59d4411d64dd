import type { Platform } from '@lethe/stack'

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

/** What `lethe up` does with a platform that is ready. Both are absent until a demonstration is registered. */
export interface Demonstration {
  signIns: (platform: Platform) => Promise<readonly SignIn[]>
  run: (platform: Platform, signal: AbortSignal) => Promise<DemonstrationResult>
}

/** The demonstration that `lethe up` runs unless told not to. */
export const demonstration: Demonstration | undefined = undefined as Demonstration | undefined
