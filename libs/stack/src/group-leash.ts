import { spawn } from 'node:child_process'

/** Ends process groups should this process die without doing so itself. */
export interface GroupLeash {
  add: (pid: number) => void
  remove: (pid: number) => void
  close: () => void
}

/**
 * A shell at the other end of a pipe keeps the list of groups. When the pipe closes because this process was killed, it asks
 * them to end and, after a grace, ends them. Closed in order, it leaves without touching anybody.
 */
export function openGroupLeash(graceSeconds: number): GroupLeash {
  const shell = spawn('/bin/sh', ['-c', script, 'lethe-leash', String(graceSeconds)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  ;(shell.stdin as unknown as { unref: () => void }).unref()
  const tell = (line: string) => void shell.stdin.write(`${line}\n`)
  return {
    add: (pid) => tell(`add ${pid}`),
    remove: (pid) => tell(`remove ${pid}`),
    close: () => void shell.kill('SIGKILL'),
  }
}

const script = `
trap '' INT TERM HUP
groups=
while read -r verb pid; do
  kept=
  for group in $groups; do [ "$group" = "$pid" ] || kept="$kept $group"; done
  groups=$kept
  [ "$verb" = add ] && groups="$groups $pid"
done
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
n=$1
while [ "$n" -gt 0 ]; do
  alive=
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive=1; done
  [ -z "$alive" ] && exit
  sleep 1
  n=$((n - 1))
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`
