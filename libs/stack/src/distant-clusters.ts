import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findPostmaster } from './postmaster.js'
import { isStillRunning, recordProcess, type ProcessRecord } from './process-identity.js'
import type { Account } from './unprivileged-account.js'

/** Everyone may pass through here, and it outlives a reboot. */
const parent = '/var/tmp'
const prefix = 'lethe-pg-'
const ownerFile = 'belongs-to.json'

/** Whose cluster a directory holds, and who was making it. */
interface Owner {
  clusterFile: string
  maker: ProcessRecord | undefined
}

/** A home for a cluster whose state directory the server's account cannot reach. Abandoned ones are cleared away first. */
export function makeDistantHome(clusterFile: string, account: Account): string {
  removeAbandonedClusters()
  const home = mkdtempSync(path.join(parent, prefix))
  const owner: Owner = { clusterFile, maker: recordProcess(process.pid) }
  writeFileSync(path.join(home, ownerFile), JSON.stringify(owner))
  chownSync(home, account.uid, account.gid)
  return home
}

/** Removes clusters whose state directory is gone or names another; a running server or a living maker protects its own. */
export function removeAbandonedClusters(): void {
  if (process.getuid?.() !== 0 || !existsSync(parent)) return
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix)) continue
    const home = path.join(parent, name)
    if (isAbandoned(home)) rmSync(home, { recursive: true, force: true })
  }
}

function isAbandoned(home: string): boolean {
  try {
    const { clusterFile, maker } = JSON.parse(readFileSync(path.join(home, ownerFile), 'utf8')) as Owner
    if (existsSync(clusterFile) && readFileSync(clusterFile, 'utf8').includes(JSON.stringify(home))) return false
    if (maker !== undefined && isStillRunning(maker)) return false
    return findPostmaster(path.join(home, 'data')) === undefined
  } catch {
    // Not made by us, or being made or removed by someone else.
    return false
  }
}
