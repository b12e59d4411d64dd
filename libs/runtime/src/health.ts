import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Health {
  port: number
  close: () => Promise<void>
}

export interface HealthOptions {
  /** 0 picks a free port. */
  port: number
  host?: string
  /** True when work can be taken. A throw counts as not ready. */
  ready: () => boolean | Promise<boolean>
}

/** `/livez` answers 200 while the event loop turns, `/readyz` 200 or 503. Nothing else is served, and no detail is told. */
export async function serveHealth({ port, host = '127.0.0.1', ready }: HealthOptions): Promise<Health> {
  const isReady = async (): Promise<boolean> => {
    try {
      return await ready()
    } catch {
      return false
    }
  }
  const statusOf = async (path: string | undefined): Promise<number> => {
    if (path === '/livez') return 200
    if (path === '/readyz') return (await isReady()) ? 200 : 503
    return 404
  }
  const server = createServer((request, response) => {
    void statusOf(request.url).then((status) => response.writeHead(status, { 'content-length': 0 }).end())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, close }
}
