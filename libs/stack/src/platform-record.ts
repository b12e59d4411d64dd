import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readLockHolder } from './file-lock.js'
import { isStillRunning, sendSignal, waitForExit } from './process-identity.js'
import { writePrivately } from './write-privately.js'

const ProcessRecord = z.object({ pid: z.number(), identity: z.string() })

/** `platform.json`: who runs what in this state directory. Holds no secret, so that anyone who may read it can be told. */
export const PlatformRecord = z.object({
  startedAt: z.string(),
  /** One line for people. */
  backend: z.string(),
  /** `wasm` where demonstrations must be smaller. */
  backendName: z.string().default('tensorflow'),
  urls: z.object({ portal: z.string(), gateway: z.string(), embedding: z.string() }),
  services: z.array(
    z.object({
      name: z.string(),
      port: z.number(),
      readyUrl: z.string(),
      state: z.string(),
      restarts: z.number(),
      process: ProcessRecord.nullable(),
    }),
  ),
})
export type PlatformRecord = z.infer<typeof PlatformRecord>

export const platformLock = (stateDir: string): string => path.join(stateDir, 'platform.lock')
const platformFile = (stateDir: string): string => path.join(stateDir, 'platform.json')

export function readPlatformRecord(stateDir: string): PlatformRecord | undefined {
  try {
    return PlatformRecord.parse(JSON.parse(readFileSync(platformFile(stateDir), 'utf8')))
  } catch {
    return undefined
  }
}

export const writePlatformRecord = (stateDir: string, record: PlatformRecord): void =>
  writePrivately(platformFile(stateDir), JSON.stringify(record, null, 2))

/** The platform's own process, if one runs here now. */
export const platformHolder = (stateDir: string): number | undefined => readLockHolder(platformLock(stateDir))?.pid

/** Ends services that outlived a platform that was killed; only whoever holds the platform's lock may call this. */
export async function endOrphanedServices(stateDir: string): Promise<string[]> {
  const orphans = (readPlatformRecord(stateDir)?.services ?? []).flatMap(({ name, process }) =>
    process !== null && isStillRunning(process) ? [{ name, process }] : [],
  )
  await Promise.all(
    orphans.map(async ({ process }) => {
      sendSignal(-process.pid, 'SIGTERM')
      if (!(await waitForExit(process, 5000))) sendSignal(-process.pid, 'SIGKILL')
      await waitForExit(process, 5000)
    }),
  )
  return orphans.map(({ name }) => name)
}
