import { readFileSync } from 'node:fs'
import path from 'node:path'
import { busPermissions, busUsers } from '@lethe/bus'
import { startNatsServer, startPostgres } from '@lethe/stack'

const postgresHome = (stateDir: string): string =>
  (JSON.parse(readFileSync(path.join(stateDir, 'pg', 'cluster.json'), 'utf8')) as { home: string }).home

/** Process ids of the servers of a state directory, as they wrote them down. */
export function serverPids(stateDir: string): { postgres: number; nats: number } {
  const postmaster = readFileSync(path.join(postgresHome(stateDir), 'data', 'postmaster.pid'), 'utf8')
  const nats = JSON.parse(readFileSync(path.join(stateDir, 'nats', 'state.json'), 'utf8')) as {
    server: { pid: number }
  }
  return { postgres: Number(postmaster.split('\n')[0]), nats: nats.server.pid }
}

/** Kills both servers without warning and starts them again where they were. @returns what stops them for good. */
export async function restartServers(stateDir: string): Promise<() => Promise<void>> {
  const before = serverPids(stateDir)
  process.kill(before.nats, 'SIGKILL')
  // Immediate shutdown: sessions are cut, and the next start recovers from the log.
  process.kill(before.postgres, 'SIGQUIT')
  const [nats, postgres] = [
    await startNatsServer({ stateDir, users: busUsers, permissions: busPermissions }),
    await startPostgres({ stateDir }),
  ]
  return async () => {
    await nats.stop()
    await postgres.stop()
  }
}
