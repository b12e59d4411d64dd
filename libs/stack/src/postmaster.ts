import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { commandLineOf, recordProcess, type ProcessRecord } from './process-identity.js'

const pidFile = (dataDir: string): string => path.join(dataDir, 'postmaster.pid')

/** A running PostgreSQL server as its `postmaster.pid` tells of it. */
export interface Postmaster {
  process: ProcessRecord
  port: number
  isReady: boolean
}

/**
 * Reads `postmaster.pid` (lines: pid, data directory, start, port, …, status in line 8) and believes it only if that process
 * is a server of this very data directory. Only reads: a server that is starting has an empty file for an instant.
 */
export function findPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(pidFile(dataDir), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  const record = recordProcess(pid)
  if (record === undefined || !commandLineOf(pid).includes(dataDir)) return undefined
  return { process: record, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/**
 * Removes what a killed server left, for its pid may belong to anyone now and PostgreSQL would refuse to start. Only for
 * whoever holds the start lock and is about to start the server: the file of a starting one must not be touched.
 */
export function discardStalePidFile(dataDir: string): void {
  if (findPostmaster(dataDir) === undefined) rmSync(pidFile(dataDir), { force: true })
}

/** A server that is starting or stopping settles into ready or gone. */
export async function settlePostmaster(dataDir: string, timeoutMs: number): Promise<Postmaster | undefined> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = findPostmaster(dataDir)
    if (found === undefined || found.isReady) return found
    if (performance.now() > deadline)
      throw new Error(
        `PostgreSQL (process ${found.process.pid}) neither became ready nor stopped in ${timeoutMs / 1000} s`,
      )
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
