import net from 'node:net'

/** `ready`: signed in, and JetStream answers. `starting`: not yet. `refused`: another server, or another password. */
export type NatsState = 'ready' | 'starting' | 'refused'

/** Where every user may listen; see the permissions of libs/bus. */
const inboxOf = (user: string): string => `_INBOX_${user}.probe`

/** Asks a local server over its own line protocol, so that starting it needs no client library. */
export function probeNats(port: number, user: string, password: string, timeoutMs = 1000): Promise<NatsState> {
  const inbox = inboxOf(user)
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    let received = ''
    const settle = (state: NatsState) => {
      socket.destroy()
      resolve(state)
    }
    socket.setTimeout(timeoutMs, () => settle('starting'))
    socket.once('error', () => settle('starting'))
    socket.once('close', () => settle('starting'))
    socket.on('data', (chunk) => {
      const isFirst = received === ''
      received += chunk.toString('latin1')
      if (isFirst && !received.startsWith('INFO ')) return settle('refused')
      if (isFirst) {
        const connect = { user, pass: password, verbose: false, name: 'lethe-probe', lang: 'probe', version: '0' }
        socket.write(`CONNECT ${JSON.stringify(connect)}\r\nSUB ${inbox} 1\r\nPUB $JS.API.INFO ${inbox} 0\r\n\r\n`)
      }
      if (received.includes('-ERR')) return settle('refused')
      if (received.includes('"type":"io.nats.jetstream.api.v1.account_info_response"'))
        settle(received.includes('"error"') ? 'starting' : 'ready')
    })
  })
}
