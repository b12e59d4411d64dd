const [second, minute, hour] = [1000, 60_000, 3_600_000]

/** Pauses between attempts: some exponential growth up to about a day in all (Standard Webhooks, retry schedule). */
export const retryPausesMs: readonly number[] = [
  5 * second,
  30 * second,
  3 * minute,
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
]

/**
 * When to try again after the attempt of this number (from 1), or null when it was the last. Up to a fifth longer or
 * shorter by chance, so that what failed together does not come back together; never sooner than the receiver asks.
 *
 * @param random in [0, 1)
 */
export function retryAt(
  now: Date,
  { attempt, random, retryAfterSeconds }: { attempt: number; random: number; retryAfterSeconds: number | null },
): Date | null {
  const pause = retryPausesMs[attempt - 1]
  if (pause === undefined) return null
  const wanted = Math.min((retryAfterSeconds ?? 0) * second, 12 * hour)
  return new Date(now.getTime() + Math.max(pause * (0.8 + 0.4 * random), wanted))
}
