import { inspectMachine, readStackEnv, type Finding } from '@lethe/stack'
import type { Command } from 'commander'
import { stateDirOf } from '../state-dir.js'
import { registerDoctorGolden } from './doctor-golden.js'

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('say what was found here, and what to do about what is missing')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const env = readStackEnv()
      const findings = await inspectMachine(env, stateDirOf(env))
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : describeFindings(findings))
      if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1
    })
  registerDoctorGolden(command)
}

const marks = { ok: 'ok', warning: 'note', missing: 'MISSING' } as const

export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  const lines = findings.flatMap(({ subject, status, found, fix }) => {
    const line = `  ${subject.padEnd(width)}  ${marks[status].padEnd(7)}  ${found}`
    return fix === undefined ? [line] : [line, `  ${' '.repeat(width + 11)}→ ${fix}`]
  })
  return `${lines.join('\n')}\n`
}
