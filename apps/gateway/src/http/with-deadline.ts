import { GraphQLError } from 'graphql'

/**
 * Work that has so many milliseconds. Its signal is aborted then, so that no further field is resolved.
 *
 * @throws GraphQLError OPERATION_TIMEOUT
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = timeout(ms)
      deadline.abort(error)
      reject(error)
    }, ms)
  })
  try {
    return await Promise.race([work(deadline.signal), late])
  } finally {
    clearTimeout(timer)
  }
}

const timeout = (ms: number): GraphQLError =>
  new GraphQLError(
    `The operation took longer than ${ms} ms. Ask for less at a time; repeat a mutation with the same idempotency key.`,
    { extensions: { code: 'OPERATION_TIMEOUT', http: { status: 504 } } },
  )
