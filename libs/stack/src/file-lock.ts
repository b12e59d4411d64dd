import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isStillRunning, recordProcess, type ProcessRecord } from './process-identity.js'

/** Which process holds the lock, or undefined when it is free or its holder has died. */
export function readLockHolder(file: string): ProcessRecord | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord
    return isStillRunning(holder) ? holder : undefined
  } catch {
    return undefined
  }
}

/**
 * Takes the lock or says who has it. A holder killed with SIGKILL loses it; two takers at once never both get it. The file
 * appears complete, by link(2), so a reader never sees half a record.
 */
export function tryLock(file: string): { release: () => void } | { holder: ProcessRecord | undefined } {
  mkdirSync(path.dirname(file), { recursive: true })
  const own = `${file}.${process.pid}.${randomUUID()}`
  writeFileSync(own, JSON.stringify(recordProcess(process.pid)), { mode: 0o600 })
  try {
    if (link(own, file)) return { release: () => rmSync(file, { force: true }) }
    const holder = readLockHolder(file)
    if (holder !== undefined) return { holder }
    discardStale(file)
    if (link(own, file)) return { release: () => rmSync(file, { force: true }) }
    return { holder: readLockHolder(file) }
  } finally {
    rmSync(own, { force: true })
  }
}

/** Runs `work` while no other process (nor another caller in this one) holds the lock; waits for its turn. */
export async function withLock<T>(file: string, work: () => Promise<T>, timeoutMs = 120_000): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const lock = tryLock(file)
    if ('release' in lock) {
      try {
        return await work()
      } finally {
        lock.release()
      }
    }
    if (performance.now() > deadline)
      throw new Error(`process ${lock.holder?.pid ?? '?'} has held ${file} for over ${timeoutMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead holder's file away; should a living process have taken it meanwhile, its file is put back. */
function discardStale(file: string): void {
  const aside = `${file}.stale.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (readLockHolder(aside) !== undefined) link(aside, file)
  rmSync(aside, { force: true })
}
