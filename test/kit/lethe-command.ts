import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { bundleProcess } from './bundle-process.js'

export interface CommandOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `lethe` from the sources, in a folder of its own. */
export interface LetheCommand {
  /** Where commands run; paths in arguments are relative to it. */
  readonly folder: string
  /** Runs inside this process: quicker, for what ends by itself and does not end the process. */
  call(args: readonly string[]): Promise<CommandOutcome>
  /** Runs as a process of its own; `interruptAt` sends SIGINT as soon as this is read on stderr. */
  run(args: readonly string[], options?: { interruptAt?: RegExp }): Promise<CommandOutcome>
  remove(): void
}

export async function buildLethe(): Promise<LetheCommand> {
  const bundle = await bundleProcess('apps/cli', { main: 'apps/cli/src/main.ts' })
  const folder = mkdtempSync(path.join(tmpdir(), 'lethe-command-'))
  const start = path.join(path.dirname(bundle.file('main')), 'lethe.mjs')
  writeFileSync(start, `import { runCli } from './main.js'\nawait runCli(process.argv)\n`)
  return {
    folder,
    call: async (args) => {
      const { runCli } = (await import(bundle.file('main'))) as { runCli: (argv: readonly string[]) => Promise<void> }
      return captured(folder, () => runCli(['node', 'lethe', ...args]))
    },
    run: (args, { interruptAt } = {}) =>
      new Promise((resolve, reject) => {
        const { PATH = '', HOME = '' } = process.env
        const env = { PATH, HOME, LETHE_BACKEND: 'wasm', LETHE_HOME: folder }
        const child = spawn(process.execPath, [start, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
        const told = { stdout: '', stderr: '' }
        let isInterrupted = false
        for (const name of ['stdout', 'stderr'] as const)
          child[name].on('data', (chunk: Buffer) => {
            told[name] += chunk.toString()
            if (isInterrupted || interruptAt === undefined || !interruptAt.test(told.stderr)) return
            isInterrupted = child.kill('SIGINT')
          })
        child.once('error', reject).once('close', (code) => resolve({ code, ...told }))
      }),
    remove: () => {
      bundle.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** In this folder, with what it writes and the exit code that it sets. */
async function captured(folder: string, work: () => Promise<void>): Promise<CommandOutcome> {
  const before = { folder: process.cwd(), backend: process.env['LETHE_BACKEND'], code: process.exitCode }
  const told = { stdout: '', stderr: '' }
  const names = ['stdout', 'stderr'] as const
  const writes = names.map((name) => process[name].write.bind(process[name]))
  for (const name of names)
    process[name].write = (chunk: Uint8Array | string) => {
      told[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }
  process.chdir(folder)
  process.env['LETHE_BACKEND'] = 'wasm'
  process.exitCode = undefined
  try {
    await work()
    return { code: Number(process.exitCode ?? 0), ...told }
  } finally {
    names.forEach((name, at) => (process[name].write = writes[at] as (typeof writes)[number]))
    process.chdir(before.folder)
    if (before.backend === undefined) delete process.env['LETHE_BACKEND']
    else process.env['LETHE_BACKEND'] = before.backend
    process.exitCode = before.code
  }
}
