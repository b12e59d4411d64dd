import pg from 'pg'

/** What is told right after a commit: a new row of the outbox, evidence (payload: the tenant's id), a bundle, a notice, a delivery. */
export type Channel = 'lethe_outbox' | 'lethe_evidence' | 'lethe_bundle' | 'lethe_notice' | 'lethe_webhook_delivery'

export interface Listener {
  close(): Promise<void>
}

const reconnectDelayMs = 500

/**
 * Hears notifications on a connection of its own, and connects again when that breaks. Notifications may be missed
 * meanwhile, so `onConnected` is called after each connecting: look then at everything. Polling remains the truth.
 */
export function listen(input: {
  url: string
  channels: readonly Channel[]
  onNotification: (channel: Channel, payload: string) => void
  onConnected?: () => void
  onError?: (error: Error) => void
}): Listener {
  let closed = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  const retry = (failed: pg.Client) => {
    if (closed || client !== failed) return
    client = undefined
    failed.removeAllListeners('notification')
    void failed.end().catch(() => undefined)
    timer = setTimeout(() => void connect(), reconnectDelayMs)
  }
  const connect = async () => {
    const fresh = new pg.Client({ connectionString: input.url, keepAlive: true, application_name: 'lethe_listener' })
    client = fresh
    fresh.on('notification', ({ channel, payload }) => input.onNotification(channel as Channel, payload ?? ''))
    fresh.on('error', (error) => {
      input.onError?.(error)
      retry(fresh)
    })
    fresh.on('end', () => retry(fresh))
    try {
      await fresh.connect()
      for (const channel of input.channels) await fresh.query(`LISTEN ${fresh.escapeIdentifier(channel)}`)
      input.onConnected?.()
    } catch (error) {
      input.onError?.(error as Error)
      retry(fresh)
    }
  }
  void connect()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
