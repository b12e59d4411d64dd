import type { Scope } from '../context.js'

/** Timers take at most this many milliseconds; no token lasts as long. */
const longestTimerMs = 2 ** 31 - 1

/**
 * A subscription's events until the client leaves or the viewer's token expires. The signal is what ends a wait inside
 * the generator: returning from the outside would itself wait for the next event.
 */
export function followWhileSignedIn<T>(
  { viewer, now }: Scope,
  follow: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIterableIterator<T> {
  const leaving = new AbortController()
  const leftMs = Math.max(0, viewer.expiresAt.getTime() - now().getTime())
  const expiry = setTimeout(() => leaving.abort(), Math.min(leftMs, longestTimerMs))
  expiry.unref()
  const events = follow(leaving.signal)
  const leave = async (): Promise<IteratorResult<T>> => {
    clearTimeout(expiry)
    leaving.abort()
    await events.return(undefined)
    return { done: true, value: undefined }
  }
  return {
    next: async () => {
      const result = await events.next()
      if (result.done) clearTimeout(expiry)
      return result
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** So that an event's answer is read anew. */
export function forgetReads({ loaders }: Scope): void {
  for (const loader of Object.values(loaders)) loader.clearAll()
}
