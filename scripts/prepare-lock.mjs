import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Runs `work` while no other start, test or build of this checkout installs or builds. A holder that died is passed over.
 * Built-ins only: this runs before anything is installed.
 */
export async function withPrepareLock(root, work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const file = path.join(os.tmpdir(), `lethe-prepare-${name}-${os.userInfo().uid}.lock`)
  for (let waits = 0; !take(file); waits++) {
    if (waits === 0) console.log('Another command is preparing this checkout; waiting for it.')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0)
  } catch (error) {
    // ESRCH: its holder is gone. EPERM: it lives and is someone else's.
    if (error.code === 'ESRCH') rmSync(file, { force: true })
  }
  return false
}
