import type { Scope } from '../context.js'

/** Timers take at most this many milliseconds; no token lasts as long. */
const longestTimerMs = 2 ** 31 - 1

/** So often a stream that is silent is asked whether its viewer is still who they were. */
const recheckMs = 5000

/**
 * A subscription's events until the client leaves, the viewer's token or case expires, or their rights change: each event
 * is told only to whom it may still be told. The signal is what ends a wait inside the generator: returning from the
 * outside would itself wait for the next event.
 */
export function followWhileSignedIn<T>(
  { viewer, now, isStillAllowed, services }: Scope,
  follow: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIterableIterator<T> {
  const leaving = new AbortController()
  const leftMs = Math.max(0, viewer.expiresAt.getTime() - now().getTime())
  const expiry = setTimeout(() => leaving.abort(), Math.min(leftMs, longestTimerMs)).unref()
  const mayStay = (): Promise<boolean> =>
    isStillAllowed().catch((error: unknown) => {
      services.logger.warn({ err: error }, 'the rights of a subscriber cannot be read')
      return false
    })
  const recheck = setInterval(() => {
    void mayStay().then((isAllowed) => isAllowed || leaving.abort())
  }, recheckMs).unref()
  const settle = (): void => {
    clearTimeout(expiry)
    clearInterval(recheck)
  }
  const events = follow(leaving.signal)
  const leave = async (): Promise<IteratorResult<T>> => {
    settle()
    leaving.abort()
    await events.return(undefined)
    return { done: true, value: undefined }
  }
  return {
    next: async () => {
      const result = await events.next()
      if (result.done) settle()
      else if (!(await mayStay())) return leave()
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
export function forgetReads({ loaders, forgetReach }: Scope): void {
  forgetReach()
  for (const loader of Object.values(loaders)) loader.clearAll()
}
