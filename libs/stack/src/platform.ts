import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readInheritedEnv, readStackEnv } from './env.js'
import { tryLock } from './file-lock.js'
import { openGroupLeash } from './group-leash.js'
import { checkOutsideServers, openBus, openDatabase, type Undo } from './open-servers.js'
import { endOrphanedServices, platformLock, readPlatformRecord, writePlatformRecord } from './platform-record.js'
import type { Report } from './report.js'
import { openSecrets } from './secrets.js'
import { localUrl, serviceNames, type PlatformFacts, type ServiceName } from './service-env.js'
import { builtServices, choosePorts, serviceSpec } from './service-specs.js'
import { superviseService, type SupervisedService } from './supervise.js'
import { provisionTensorflow } from './tensorflow.js'

export interface PlatformOptions {
  stateDir: string
  cacheDir?: string
  /** Preferred ports; taken ones are replaced. */
  ports?: Partial<Record<ServiceName, number>>
  /** Default: every service that has been built. */
  services?: readonly ServiceName[]
  /** False for tests that throw the state away. */
  isDurable?: boolean
  report?: Report
  /** Gives up the start and ends what it had started. */
  signal?: AbortSignal
}

export interface Platform {
  urls: { portal: string; gateway: string; embedding: string }
  facts: PlatformFacts
  services: readonly SupervisedService[]
  stateDir: string
  /** Ends every process, services first. Safe to call more than once. */
  stop: () => Promise<void>
}

/** Someone else has this state directory. */
export class PlatformRunning extends Error {
  override readonly name = 'PlatformRunning'
}

/** Each wave starts together and is ready before the next: the registrar makes what the others look for. */
const waves: readonly (readonly ServiceName[])[] = [['registrar'], ['compute', 'embedding', 'gateway'], ['portal']]

/**
 * Brings up the whole platform of a state directory and returns when every service is ready. Whatever fails, all that was
 * started is ended again. DATABASE_URL and NATS_URL, where set, replace the servers of our own.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const stateDir = path.resolve(options.stateDir)
  mkdirSync(stateDir, { recursive: true })
  const lock = tryLock(platformLock(stateDir))
  if (!('release' in lock)) throw runningError(stateDir, lock.holder?.pid)
  const undo: Undo[] = [() => lock.release()]
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= unwind(undo))
  try {
    return await Promise.race([bringUp({ ...options, stateDir }, undo, stop), rejectOnAbort(options.signal)])
  } catch (error) {
    await stop()
    throw error
  }
}

async function bringUp(options: PlatformOptions, undo: Undo[], stop: () => Promise<void>): Promise<Platform> {
  const { stateDir, report = () => {} } = options
  const orphans = await endOrphanedServices(stateDir)
  if (orphans.length > 0) report(`ended ${orphans.join(', ')}, left by a start that was killed`)
  const facts = await startFoundations(options, undo)
  const leash = openGroupLeash(10)
  undo.push(() => leash.close())
  const services: SupervisedService[] = []
  const urls = {
    portal: localUrl(facts.ports.portal),
    gateway: localUrl(facts.ports.gateway),
    embedding: localUrl(facts.ports.embedding),
  }
  const startedAt = new Date().toISOString()
  const record = () =>
    writePlatformRecord(stateDir, {
      startedAt,
      backend: facts.tensorflow.summary,
      backendName: facts.tensorflow.backend,
      urls,
      services: services.map((service) => {
        const port = facts.ports[service.name as ServiceName]
        const { name, state, restarts } = service
        return { name, port, readyUrl: `${localUrl(port)}/readyz`, state, restarts, process: service.process ?? null }
      }),
    })
  undo.push(record)
  const logDir = path.join(stateDir, 'logs')
  mkdirSync(logDir, { recursive: true, mode: 0o700 })
  const built = builtServices()
  const wanted = options.services ?? built
  for (const wave of waves) {
    if (options.signal?.aborted) break
    const names = wave.filter((name) => wanted.includes(name) && built.includes(name))
    const started = names.map((name) => {
      report(`starting ${name}`)
      const spec = serviceSpec(name, facts, logDir, readInheritedEnv())
      const service = superviseService(spec, { leash, report, onChange: record })
      services.push(service)
      return service
    })
    undo.push(() => Promise.all(started.map((service) => service.stop())))
    record()
    await Promise.all(started.map((service) => service.ready()))
  }
  return { urls, facts, services, stateDir, stop }
}

/** PostgreSQL, NATS and TensorFlow do not wait for one another. */
async function startFoundations(options: PlatformOptions, undo: Undo[]): Promise<PlatformFacts> {
  const env = readStackEnv()
  const { stateDir, report = () => {}, isDurable = true } = options
  const cacheDir = options.cacheDir ?? env.cacheDir
  const secrets = openSecrets(stateDir)
  await checkOutsideServers(env, secrets)
  const { backend, tfjsNodeDir } = env
  const computes = (options.services ?? serviceNames).some((name) => name === 'compute' || name === 'embedding')
  const noTensorflow = Promise.resolve({ backend, tfjsNodeDir, summary: 'no service that computes' })
  const [ownerUrl, natsUrls, tensorflow, chosen] = await allOrNothing([
    openDatabase({ stateDir, cacheDir, isDurable, databaseUrl: env.databaseUrl, report, secrets }, undo),
    openBus({ stateDir, cacheDir, natsUrl: env.natsUrl, report, secrets }, undo),
    computes ? provisionTensorflow({ cacheDir, backend, tfjsNodeDir, report }) : noTensorflow,
    choosePorts(stateDir, options.ports ?? {}, readPlatformRecord(stateDir)),
  ])
  if (computes) report(tensorflow.summary)
  const checkpointDir = path.join(stateDir, 'checkpoints')
  const uploadDir = path.join(stateDir, 'uploads')
  const { webhookTargets } = env
  const { mailUrl = pathToFileURL(path.join(stateDir, 'outbox')).href, mailFrom, signIn, logLevel } = env
  const mail = { url: mailUrl, from: mailFrom }
  return {
    ...secrets,
    checkpointDir,
    ownerUrl,
    natsUrls,
    tensorflow,
    ...chosen,
    mail,
    uploadDir,
    webhookTargets,
    signIn,
    logLevel,
  }
}

/** What a start that was given up still sets going ends with the process: every server and service is on a leash. */
function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new Error('the start was given up', { cause: signal?.reason }))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Waits for all even if one fails, so that what the others started is known when it is undone. */
async function allOrNothing<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work)
  return await Promise.all(work)
}

async function unwind(undo: Undo[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    try {
      await step()
    } catch {
      // What cannot be ended now is ended by the leash or by the next start.
    }
  }
}

function runningError(stateDir: string, pid: number | undefined): PlatformRunning {
  const record = readPlatformRecord(stateDir)
  const where = record === undefined ? '' : `, portal ${record.urls.portal}`
  return new PlatformRunning(
    `Lethe already runs from ${stateDir} (process ${pid ?? 'unknown'}${where}). Stop that one, or set LETHE_HOME to another directory.`,
  )
}
