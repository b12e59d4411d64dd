import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { checkBusServer } from '@lethe/bus'
import { assertOwner } from '@lethe/db'
import { openDevice } from '@lethe/device'
import type { StackEnv } from './env.js'
import { findInstalledNats } from './nats-binary.js'
import { firstLine } from './report.js'
import { hasSecrets, openSecrets } from './secrets.js'
import { builtServices } from './service-specs.js'
import { readPrepared, seesNvidiaGpu, tensorflowHome } from './tensorflow.js'
import { findPostgresPackage } from './postgres-binaries.js'

/** One thing that was looked at. `fix` says what to do about it when it is not as it should be. */
export interface Finding {
  subject: string
  status: 'ok' | 'warning' | 'missing'
  found: string
  fix?: string
}

/** Looks at everything a start needs, and starts, fetches and changes nothing. */
export async function inspectMachine(env: StackEnv, stateDir: string): Promise<Finding[]> {
  return [
    inspectNode(process.versions.node),
    await inspectPostgres(env),
    await inspectNats(env, stateDir),
    await inspectTensorflow(env),
    await inspectBackend(env),
    inspectServices(),
    inspectDisk(stateDir),
  ]
}

export function inspectNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return { subject: 'Node', status: 'ok', found: version }
  return { subject: 'Node', status: 'missing', found: version, fix: 'install Node 20.19 or newer' }
}

async function inspectPostgres({ databaseUrl }: StackEnv): Promise<Finding> {
  const subject = 'PostgreSQL'
  if (databaseUrl !== undefined)
    return inspectServer(subject, `DATABASE_URL, at ${new URL(databaseUrl).host}`, () => assertOwner(databaseUrl))
  try {
    return { subject, status: 'ok', found: `${findPostgresPackage().version}, embedded` }
  } catch (error) {
    return { subject, status: 'missing', found: firstLine(error), fix: 'run npm ci, or set DATABASE_URL' }
  }
}

/** A server that somebody else runs: it must answer, and be as the services need it. */
async function inspectServer(subject: string, found: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look()
    return { subject, status: 'ok', found }
  } catch (error) {
    return { subject, status: 'missing', found, fix: firstLine(error) }
  }
}

async function inspectNats(
  { natsUrl, natsServerBin: binary, searchPath, cacheDir }: StackEnv,
  stateDir: string,
): Promise<Finding> {
  const subject = 'nats-server'
  if (natsUrl !== undefined)
    return inspectServer(subject, `NATS_URL, at ${new URL(natsUrl).host}`, () => {
      if (!hasSecrets(stateDir)) throw new Error('run `lethe bus users`, which makes the users of the services')
      return checkBusServer(natsUrl, openSecrets(stateDir).busPasswords)
    })
  try {
    const nats = await findInstalledNats({ cacheDir, binary, searchPath })
    if (nats !== undefined) return { subject, status: 'ok', found: `${nats.version} (${nats.source}), ${nats.file}` }
    return { subject, status: 'warning', found: 'none yet', fix: 'the next start fetches one; or set NATS_SERVER_BIN' }
  } catch (error) {
    return { subject, status: 'missing', found: firstLine(error), fix: 'correct NATS_SERVER_BIN' }
  }
}

/** Reads the libraries whole and compares digests: some seconds. */
async function inspectTensorflow({ cacheDir, tfjsNodeDir }: StackEnv): Promise<Finding> {
  const subject = 'TensorFlow'
  const folder = tfjsNodeDir ?? tensorflowHome(cacheDir, seesNvidiaGpu())
  const manifest = readPrepared(folder)
  if (manifest === undefined)
    return {
      subject,
      status: 'warning',
      found: existsSync(folder) ? `${folder} is incomplete` : 'none prepared yet',
      fix: 'the next start prepares it; it needs g++ and either the vendor archive or a pip that has tensorflow-cpu. LETHE_BACKEND=tensorflow makes it say why it cannot',
    }
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path.join(folder, name)), hash)
    if (hash.digest('hex') !== sha256)
      return {
        subject,
        status: 'missing',
        found: `${name} is not what was prepared`,
        fix: `remove ${folder} and start again`,
      }
  }
  const build = manifest.gpuBuild ? 'GPU' : 'CPU'
  return { subject, status: 'ok', found: `${manifest.tensorflowVersion} for ${build} (${manifest.source}), ${folder}` }
}

async function inspectBackend({ backend, cacheDir, tfjsNodeDir }: StackEnv): Promise<Finding> {
  const subject = 'Backend'
  const prepared = tensorflowHome(cacheDir, seesNvidiaGpu())
  try {
    const folder = tfjsNodeDir ?? (readPrepared(prepared) ? prepared : undefined)
    const device = await openDevice({ backend, tfjsNodeDir: folder })
    const found = `${device.backend} on ${device.device}: ${device.backendVersion}; ${device.reason}`
    if (device.backend !== 'wasm') return { subject, status: 'ok', found }
    return { subject, status: 'warning', found, fix: 'WASM suits small demonstrations; prepare TensorFlow for more' }
  } catch (error) {
    return { subject, status: 'missing', found: firstLine(error), fix: 'unset LETHE_BACKEND, or prepare what it names' }
  }
}

function inspectServices(): Finding {
  const built = builtServices()
  if (built.length === 5) return { subject: 'Build', status: 'ok', found: built.join(', ') }
  return { subject: 'Build', status: 'warning', found: built.join(', ') || 'nothing built', fix: 'run npm run build' }
}

function inspectDisk(stateDir: string): Finding {
  const existing = existsSync(stateDir) ? stateDir : path.dirname(stateDir)
  const { bavail, bsize } = statfsSync(existing)
  const freeGb = (bavail * bsize) / 1e9
  const found = `${freeGb.toFixed(1)} GB free for ${stateDir}`
  if (freeGb > 5) return { subject: 'Disk', status: 'ok', found }
  return { subject: 'Disk', status: 'warning', found, fix: 'a first start needs about 5 GB' }
}
