import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { startPlatform } from '@lethe/stack'

/** Starts the whole platform and times it; `marks` are the lines it reports, with seconds since the start. */
export async function startTimed(stateDir) {
  mkdirSync(stateDir, { recursive: true })
  const marks = []
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  const platform = await startPlatform({ stateDir, report: (line) => marks.push({ line, seconds: seconds() }) })
  return { platform, seconds: seconds(), marks }
}

/** Every process of a platform by name, servers included. */
export function processesOf(platform) {
  const services = platform.services.flatMap(({ name, process: running }) =>
    running ? [{ name, pid: running.pid }] : [],
  )
  return [...services, ...serversOf(platform.stateDir)]
}

function serversOf(stateDir) {
  const read = (file, pick) => {
    try {
      return pick(readFileSync(path.join(stateDir, file), 'utf8'))
    } catch {
      return null
    }
  }
  const cluster = read('pg/cluster.json', (text) => JSON.parse(text).home)
  const postgres = cluster === null ? null : readPid(path.join(cluster, 'data', 'postmaster.pid'))
  const nats = read('nats/state.json', (text) => JSON.parse(text).server?.pid ?? null)
  return [
    ...(postgres ? [{ name: 'postgres', pid: postgres }] : []),
    ...(nats ? [{ name: 'nats-server', pid: nats }] : []),
  ]
}

function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0])
  } catch {
    return null
  }
}
