import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream'

const pullMs = { shortest: 1000, longest: 5000 }

/**
 * Takes one message from whichever consumer has one first; null when the signal aborts or some seconds pass in quiet.
 * Pulls that lost stay open until they expire: what they bring is handed back at once and goes to another worker.
 */
export function takeOne(
  consumers: readonly Consumer[],
  signal: AbortSignal,
  patienceMs: number,
): Promise<JsMsg | null> {
  const expires = Math.min(Math.max(patienceMs, pullMs.shortest), pullMs.longest)
  const pulls: ConsumerMessages[] = []
  let isSettled = signal.aborted
  if (isSettled) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const settle = (report: () => void): void => {
      isSettled = true
      signal.removeEventListener('abort', onAbort)
      report()
    }
    const onAbort = (): void => {
      pulls.forEach((pull) => void pull.close())
      settle(() => resolve(null))
    }
    signal.addEventListener('abort', onAbort)
    const pullFrom = async (consumer: Consumer): Promise<void> => {
      const pull = await consumer.fetch({ max_messages: 1, expires })
      pulls.push(pull)
      if (signal.aborted) await pull.close()
      for await (const message of pull)
        if (isSettled) message.nak()
        else settle(() => resolve(message))
    }
    Promise.all(consumers.map(pullFrom)).then(
      () => settle(() => resolve(null)),
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    )
  })
}
