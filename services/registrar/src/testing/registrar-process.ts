import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { grantSecret, type Rig } from './rig.js'

const root = path.resolve(import.meta.dirname, '../../../..')

/** The registrar bundled as a program of its own. */
export interface RegistrarProgram {
  readonly entry: string
  start(rig: Rig, env?: Readonly<Record<string, string>>): ChildProcess
  remove(): void
}

export async function bundleRegistrar(): Promise<RegistrarProgram> {
  // Below node_modules, so that what is not bundled is found.
  const scratch = path.join(root, 'node_modules/.cache', `lethe-registrar-${process.pid}`)
  const entry = path.join(scratch, 'main.mjs')
  mkdirSync(scratch, { recursive: true })
  await build({
    entryPoints: [path.join(import.meta.dirname, '../main.ts')],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    external: [
      ...['pg', '@prisma/*', 'pino', 'nats', '@nats-io/*', '@sigstore/*', 'canonicalize', 'zod'],
      ...['nodemailer', 'standardwebhooks', 'ipaddr.js'],
    ],
    logLevel: 'error',
  })
  return {
    entry,
    start: (rig, env = {}) =>
      spawn(process.execPath, [entry], {
        env: {
          DATABASE_URL: rig.test.registrarUrl,
          NATS_URL: rig.natsUrl,
          LOG_SIGNING_KEY_FILE: rig.keyFile,
          MODEL_SIGNING_KEY_FILE: rig.modelKeyFile,
          BLOB_GRANT_SECRET: grantSecret,
          CHECKPOINT_DIR: rig.checkpointDir,
          MAIL_URL: pathToFileURL(rig.mailDir).href,
          PORTAL_URL: rig.options.portalUrl,
          WEBHOOK_TARGETS: 'any',
          LOG_LEVEL: 'info',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  }
}

/** Ends a process as a power cut would. */
export async function killNow(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
