import { digestOf, grantSealer, openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import { type Bus, busPermissions, busUsers, connectBus, publishResult, type RunResult } from '@lethe/bus'
import type { Database } from '@lethe/db'
import { startTestDatabase, type TestDatabase } from '@lethe/db/testing'
import { openMailer } from '@lethe/mail'
import { startNatsServer } from '@lethe/stack'
import { createLogger } from '@lethe/runtime'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { loadLogKeys } from '../ledger/load-log-keys.js'
import type { RegistrarContext } from '../registrar-context.js'
import { loadModelSigner } from '../results/load-model-signer.js'
import { type RegistrarOptions, startRegistrar } from '../registrar.js'

/** The registrar's surroundings, all real, and the registrar inside this process when a test starts it. */
export interface Rig {
  readonly test: TestDatabase
  readonly gateway: Database
  readonly bus: Bus
  /** A connection that may do everything, for what a test looks at. The registrar's own may do little. */
  readonly everything: Bus
  readonly artifacts: ArtifactStore
  readonly context: RegistrarContext
  readonly options: RegistrarOptions
  readonly natsUrl: string
  readonly keyFile: string
  readonly modelKeyFile: string
  readonly checkpointDir: string
  readonly mailDir: string
  /** Moves the clock that the registrar reads. */
  setNow(now: Date | null): void
  start(): { stop(): Promise<void> }
  publish(result: RunResult): Promise<void>
  stop(): Promise<void>
}

/** Of the registrar in this process, and of those beside it. */
export const grantSecret = 'a secret of tests with 32 characters and more'

/** What a worker holds that was given the task of the run. */
export const grantOf = ({ tenantId, id }: { tenantId: string; id: string }): string =>
  grantSealer([grantSecret]).seal({ kind: 'run', tenantId, id })

export async function startRig(): Promise<Rig> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'lethe-registrar-test-'))
  const [test, nats] = await Promise.all([
    startTestDatabase(),
    startNatsServer({ stateDir, users: [...busUsers, 'test'], permissions: busPermissions }),
  ])
  const [gateway, db] = await Promise.all([test.open('gateway'), test.open('registrar')])
  const natsUrl = nats.urls['registrar'] ?? ''
  const bus = await connectBus({ url: natsUrl, name: 'registrar-test', user: 'registrar' })
  const everything = await connectBus({ url: nats.urls['test'] ?? '', name: 'test', user: 'registrar' })
  const artifacts = await openArtifactStore('nats', bus.nc)
  const keyFile = path.join(stateDir, 'log.pem')
  writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const modelKeyFile = path.join(stateDir, 'model.pem')
  const { privateKey: modelKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  writeFileSync(modelKeyFile, modelKey.export({ format: 'pem', type: 'pkcs8' }))
  const checkpointDir = path.join(stateDir, 'checkpoints')
  const mailDir = path.join(stateDir, 'mail')
  let frozen: Date | null = null
  const context: RegistrarContext = {
    db,
    bus,
    artifacts,
    grants: grantSealer([grantSecret]),
    modelSigner: loadModelSigner(modelKeyFile),
    logger: createLogger('registrar-test', 'fatal'),
    now: () => frozen ?? new Date(),
  }
  const options: RegistrarOptions = {
    ...context,
    databaseUrl: test.registrarUrl,
    ...loadLogKeys({ file: keyFile, logHost: 'lethe.test' }),
    checkpointDir,
    sweepIntervalMs: 60_000,
    keep: { noticeDays: 365, deliveryDays: 90, idempotencyDays: 90, signInDays: 30 },
    webhooks: { targets: 'any', timeoutMs: 1000 },
    mailer: openMailer({ url: pathToFileURL(mailDir).href, from: 'Lethe <no-reply@lethe.test>' }),
    portalUrl: 'https://portal.lethe.test',
  }
  return {
    test,
    gateway,
    bus,
    everything,
    artifacts,
    context,
    options,
    natsUrl,
    keyFile,
    modelKeyFile,
    checkpointDir,
    mailDir,
    setNow: (now) => (frozen = now),
    start: () => startRegistrar(options),
    publish: async (result) => void (await publishResult(bus, result, grantOf({ ...result, id: result.runId }))),
    stop: async () => {
      await Promise.all([bus.close(), everything.close()])
      await Promise.all([test.stop(), nats.stop()])
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

/** Waits for what another process or loop does; the test's own time limit ends a wait in vain. */
export async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await wait(20)
  }
}

export const blobOf = (text: string) => ({ digest: digestOf(Buffer.from(text)), size: text.length })
