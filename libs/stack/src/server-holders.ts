import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isStillRunning, recordProcess, type ProcessRecord } from './process-identity.js'

export interface Hold {
  /** Gives up this process's claim; true when nobody else alive has one, so that the server should stop. */
  release: () => boolean
}

/**
 * A server that several processes of one state directory use stops with the last of them. Should a holder be killed, a
 * shell that waits on the other end of a pipe notices and stops the server in its place. The server itself survives only
 * when the shell is killed as well; the next start then adopts it.
 */
export function holdServer(directory: string, server: ProcessRecord, signal: 'INT' | 'TERM'): Hold {
  mkdirSync(directory, { recursive: true })
  const file = path.join(directory, `${process.pid}-${randomUUID()}`)
  writeFileSync(file, JSON.stringify(recordProcess(process.pid)))
  const leash = spawn('/bin/sh', ['-c', leashScript, 'lethe-leash', String(server.pid), signal, file, directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  leash.on('error', () => {})
  leash.unref()
  ;(leash.stdin as unknown as { unref: () => void } | null)?.unref()
  let released = false
  const release = () => {
    if (released) return false
    released = true
    if (leash.pid !== undefined) leash.kill('SIGKILL')
    rmSync(file, { force: true })
    return countHolders(directory) === 0
  }
  return { release }
}

export function countHolders(directory: string): number {
  return readdirSync(directory).filter((name) => {
    try {
      if (isStillRunning(JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as ProcessRecord)) return true
    } catch {
      // Half-written by a process that was killed: not a holder.
    }
    rmSync(path.join(directory, name), { force: true })
    return false
  }).length
}

/** Arguments: server's pid, signal, this holder's file, all holders' directory. */
const leashScript = `
trap '' INT TERM HUP
while read -r _; do :; done
rm -f "$3"
for f in "$4"/*; do
  p=\${f##*/}
  kill -0 "\${p%%-*}" 2>/dev/null && exit 0
done
kill -"$2" "$1" 2>/dev/null
`
