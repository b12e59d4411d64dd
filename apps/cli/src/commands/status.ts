import { answersOk, platformHolder, readPlatformRecord } from '@lethe/stack'
import type { Command } from 'commander'
import { stateDirOf } from '../state-dir.js'

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('say whether the platform runs here, and how its services are')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await readStatus(stateDirOf())
      process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status))
      if (!status.isRunning) process.exitCode = 1
    })
}

type Status = Awaited<ReturnType<typeof readStatus>>

async function readStatus(stateDir: string) {
  const pid = platformHolder(stateDir)
  const record = readPlatformRecord(stateDir)
  if (pid === undefined || record === undefined) return { isRunning: false as const, stateDir }
  const services = await Promise.all(
    record.services.map(async ({ name, state, restarts, readyUrl }) => {
      return {
        name,
        state: (await answersOk(readyUrl)) ? 'ready' : state === 'ready' ? 'not answering' : state,
        restarts,
      }
    }),
  )
  const { urls, startedAt, backend } = record
  return { isRunning: true as const, stateDir, pid, startedAt, backend, urls, services }
}

function describeStatus(status: Status): string {
  if (!status.isRunning) return `Lethe does not run from ${status.stateDir}. Start it with npm start.\n`
  const services = status.services.map(({ name, state, restarts }) => {
    const note = restarts === 0 ? '' : `, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`
    return `  ${name.padEnd(10)}  ${state}${note}`
  })
  const head = `Lethe runs from ${status.stateDir} (process ${status.pid}) since ${status.startedAt}.`
  return [head, `Portal ${status.urls.portal}`, status.backend, ...services, ''].join('\n')
}
