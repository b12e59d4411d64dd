import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { readTfjsNodeManifest, type BackendChoice, type TfjsNodeManifest } from '@lethe/device'
import { readLockHolder, withLock } from './file-lock.js'
import { firstLine, type Report } from './report.js'
import { buildBinding } from './tensorflow-binding.js'
import { fetchRelease, fetchWheel } from './tensorflow-libraries.js'

/** What the compute and embedding services are told: a backend, and where its native library is. */
export interface TensorflowProvision {
  backend: BackendChoice
  tfjsNodeDir: string | undefined
  /** One sentence for a person. */
  summary: string
}

export interface ProvisionOptions {
  cacheDir: string
  backend: BackendChoice
  /** LETHE_TFJS_NODE_DIR: used as it is. */
  tfjsNodeDir?: string | undefined
  report?: Report
}

const wasmCost = 'using WebAssembly: training is 6 to 13 times slower, good for small demonstrations only'
/** After a failure, `auto` starts on WASM at once for this long before it tries again. */
const retryAfterMs = 3_600_000

/**
 * Prepares libtensorflow and the module that binds it to Node in the cache, once for all checkouts, or says why not. With
 * `auto` the answer may be WASM; a native backend asked for by name is an error when it cannot be had.
 */
export async function provisionTensorflow(options: ProvisionOptions): Promise<TensorflowProvision> {
  const { cacheDir, backend, tfjsNodeDir, report = () => {} } = options
  if (backend === 'wasm')
    return { backend, tfjsNodeDir: undefined, summary: `LETHE_BACKEND asks for wasm; ${wasmCost}` }
  if (backend === 'webgpu') return { backend, tfjsNodeDir: undefined, summary: 'LETHE_BACKEND asks for WebGPU' }
  if (backend === 'cpu') return { backend, tfjsNodeDir: undefined, summary: 'LETHE_BACKEND asks for plain JavaScript' }
  if (tfjsNodeDir !== undefined)
    return found(backend, tfjsNodeDir, readTfjsNodeManifest(tfjsNodeDir), 'LETHE_TFJS_NODE_DIR')
  const wantsGpu = backend === 'tensorflow-gpu' || (backend === 'auto' && seesNvidiaGpu())
  const home = tensorflowHome(cacheDir, wantsGpu)
  const ready = readPrepared(home)
  if (ready !== undefined) return found(backend, home, ready, 'cache')
  const earlier = backend === 'auto' ? readFailure(home) : undefined
  if (earlier !== undefined) return unavailable(backend, earlier)
  mkdirSync(path.dirname(home), { recursive: true })
  const prepare = async () => {
    const other = readPrepared(home)
    if (other !== undefined) return found(backend, home, other, 'cache')
    const tried = backend === 'auto' ? readFailure(home) : undefined
    if (tried !== undefined) return unavailable(backend, tried)
    const failures = await obtain(home, wantsGpu, report)
    const manifest = readPrepared(home)
    if (manifest !== undefined) return found(backend, home, manifest, manifest.source)
    writeFileSync(failureFile(home), JSON.stringify(failures))
    return unavailable(backend, failures)
  }
  if (readLockHolder(`${home}.lock`)) report('TensorFlow: another start is preparing it; waiting for that')
  return withLock(`${home}.lock`, prepare, 1_800_000)
}

export const tensorflowHome = (cacheDir: string, wantsGpu: boolean): string =>
  path.join(cacheDir, 'tensorflow', `${process.platform}-${process.arch}-${wantsGpu ? 'gpu' : 'cpu'}-tfjs-4.22.0`)

export const seesNvidiaGpu = (): boolean => existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0')

/** Undefined unless every file is there with the size it had when its digest was taken. */
export function readPrepared(home: string): TfjsNodeManifest | undefined {
  try {
    const manifest = readTfjsNodeManifest(home)
    const isWhole = Object.entries(manifest.files).every(
      ([name, { bytes }]) => statSync(path.join(home, name)).size === bytes,
    )
    return isWhole ? manifest : undefined
  } catch {
    return undefined
  }
}

/** Empty when it worked; else one line an attempt. */
async function obtain(home: string, wantsGpu: boolean, report: Report): Promise<string[]> {
  if (process.platform !== 'linux') {
    const command = '`npm rebuild --ignore-scripts=false @tensorflow/tfjs-node`'
    return [`native TensorFlow is prepared on Linux only; on this system ${command} installs it, and it is then found`]
  }
  // The vendor's GPU archive is bound to CUDA 11.2, which current cards and drivers have left behind.
  const sources = wantsGpu ? [fetchWheel, fetchRelease] : [fetchRelease, fetchWheel]
  const failures: string[] = []
  discardPartial(home)
  for (const fetch of sources) {
    const partial = mkdtempSync(`${home}.partial-`)
    try {
      const source = await fetch(partial, wantsGpu, report)
      await buildBinding(partial, source, wantsGpu, report)
      chmodSync(partial, 0o755)
      rmSync(home, { recursive: true, force: true })
      renameSync(partial, home)
      rmSync(failureFile(home), { force: true })
      return []
    } catch (error) {
      failures.push(firstLine(error))
      report(`TensorFlow: ${firstLine(error)}`)
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
  }
  return failures
}

/** What an attempt that was killed left; the lock is ours, so nobody is at it. */
function discardPartial(home: string): void {
  const parent = path.dirname(home)
  for (const name of readdirSync(parent))
    if (name.startsWith(`${path.basename(home)}.partial-`)) rmSync(path.join(parent, name), { recursive: true })
}

function found(
  backend: BackendChoice,
  folder: string,
  manifest: TfjsNodeManifest,
  source: string,
): TensorflowProvision {
  const build = manifest.gpuBuild ? 'GPU' : 'CPU'
  const summary = `TensorFlow ${manifest.tensorflowVersion} for ${build} (${source})`
  return { backend, tfjsNodeDir: folder, summary }
}

function unavailable(backend: BackendChoice, failures: readonly string[]): TensorflowProvision {
  const tried = failures.join('; ')
  if (backend !== 'auto') throw new Error(`LETHE_BACKEND=${backend}, but native TensorFlow is not to be had: ${tried}`)
  return { backend: 'wasm', tfjsNodeDir: undefined, summary: `no native TensorFlow (${tried}); ${wasmCost}` }
}

const failureFile = (home: string): string => `${home}.failed.json`

function readFailure(home: string): string[] | undefined {
  try {
    const file = failureFile(home)
    if (Date.now() - statSync(file).mtimeMs > retryAfterMs) return undefined
    return JSON.parse(readFileSync(file, 'utf8')) as string[]
  } catch {
    return undefined
  }
}
