import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { commandLineOf, recordProcess, type ProcessRecord } from './process-identity.js'

/** A running PostgreSQL server as its `postmaster.pid` tells of it. */
export interface Postmaster {
  process: ProcessRecord
  port: number
  isReady: boolean
}

/**
 * Reads `postmaster.pid` (lines: pid, data directory, start, port, …, status in line 8) and believes it only if that process
 * is a server of this very data directory. A file left by a killed server is removed, for its pid may belong to anyone now.
 */
export function findPostmaster(dataDir: string): Postmaster | undefined {
  const file = path.join(dataDir, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  const record = recordProcess(pid)
  if (record === undefined || !commandLineOf(pid).includes(dataDir)) {
    rmSync(file, { force: true })
    return undefined
  }
  return { process: record, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
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
