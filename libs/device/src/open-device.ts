import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { DomainError } from '@lethe/domain'
import type * as Tfjs from '@tensorflow/tfjs'
import type { BackendChoice, BackendName } from './backend-name.js'
import { prepareTensorflowEnvironment } from './env.js'
import { findBinding, registerTfjsNode, type DeviceErrorCode } from './tfjs-node.js'
import { registerWebGpu } from './web-gpu.js'

/** What computes. All four go into a run's provenance. */
export interface Device {
  backend: BackendName
  backendVersion: string
  device: string
  /** One sentence: why this backend and not a better one. */
  reason: string
}

export interface OpenDeviceOptions {
  backend: BackendChoice
  /** The folder that provisioning prepared (see `TfjsNodeManifest`). */
  tfjsNodeDir?: string | undefined
  /** Takes a WebGPU driver that computes on the CPU, for tests: it is right, and far slower than the other backends. */
  allowsSoftwareGpu?: boolean | undefined
}

const require = createRequire(import.meta.url)

/**
 * Makes one tfjs backend the current one for this process. `auto` takes the best there is of tensorflow-gpu, tensorflow and
 * wasm, never webgpu. A backend that was asked for by name and is not there is refused with BACKEND_UNAVAILABLE; nothing is substituted.
 */
export async function openDevice({ backend, tfjsNodeDir, allowsSoftwareGpu }: OpenDeviceOptions): Promise<Device> {
  prepareTensorflowEnvironment()
  if (backend === 'cpu') return openCpu()
  if (backend === 'webgpu') return openWebGpu(allowsSoftwareGpu ?? false)
  if (backend === 'wasm') return openWasm('asked for by name')
  if (backend !== 'auto') return openTensorflow(backend, tfjsNodeDir)
  const native = await attempt(() => openTensorflow('auto', tfjsNodeDir))
  if (native.device !== undefined) return native.device
  return openWasm(`no native TensorFlow: ${native.why}; training is 6 to 13 times slower`)
}

async function openTensorflow(
  wanted: 'auto' | 'tensorflow' | 'tensorflow-gpu',
  folder: string | undefined,
): Promise<Device> {
  const binding = findBinding(folder)
  if (binding === undefined)
    throw unavailable('libtensorflow is not prepared; run `npx lethe doctor` to see what was tried')
  const { usesGpu, tensorflowVersion, packageVersion } = await registerTfjsNode(binding)
  if (wanted === 'tensorflow-gpu' && !usesGpu)
    throw unavailable('this libtensorflow sees no GPU; check the NVIDIA driver, CUDA and cuDNN, or ask for tensorflow')
  if (wanted === 'tensorflow' && usesGpu)
    throw unavailable(
      'this libtensorflow computes on the GPU; ask for tensorflow-gpu, or hide it: CUDA_VISIBLE_DEVICES=-1',
    )
  await activate('tensorflow')
  return {
    backend: usesGpu ? 'tensorflow-gpu' : 'tensorflow',
    backendVersion: `TensorFlow ${tensorflowVersion}, tfjs-node ${packageVersion}`,
    device: usesGpu ? gpuName() : cpuName(),
    reason:
      wanted === 'auto' ? (usesGpu ? 'an NVIDIA GPU answered' : 'no GPU seen; native kernels') : 'asked for by name',
  }
}

async function openWasm(reason: string): Promise<Device> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  const home = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  wasm.setWasmPaths(path.join(home, 'wasm-out') + path.sep)
  await activate('wasm')
  return { backend: 'wasm', backendVersion: `tfjs-backend-wasm ${wasm.version_wasm}`, device: cpuName(), reason }
}

async function openWebGpu(allowsSoftware: boolean): Promise<Device> {
  const { backendVersion, adapter } = await registerWebGpu(allowsSoftware)
  await activate('webgpu')
  return { backend: 'webgpu', backendVersion, device: adapter, reason: 'asked for by name' }
}

async function openCpu(): Promise<Device> {
  const tf = await activate('cpu')
  const reason = 'asked for by name; about 150 times slower than native, for tiny shapes only'
  return { backend: 'cpu', backendVersion: `tfjs ${tf.version.tfjs}`, device: cpuName(), reason }
}

/** tfjs is loaded here, not with this module: who only reads a backend's name need not wait for it. */
async function activate(name: 'tensorflow' | 'wasm' | 'webgpu' | 'cpu'): Promise<typeof Tfjs> {
  const tf = await import('@tensorflow/tfjs')
  // Nothing but tfjs' advertisement of another backend depends on it.
  tf.enableProdMode()
  const active = await tf.setBackend(name).catch((error: unknown) => {
    throw unavailable(`the ${name} backend did not start: ${error instanceof Error ? error.message : String(error)}`)
  })
  if (!active) throw unavailable(`the ${name} backend did not start`)
  await tf.ready()
  return tf
}

async function attempt(open: () => Promise<Device>): Promise<{ device?: Device; why: string }> {
  try {
    return { device: await open(), why: '' }
  } catch (error) {
    return { why: error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error) }
  }
}

const unavailable = (message: string) => new DomainError<DeviceErrorCode>('BACKEND_UNAVAILABLE', message)

const cpuName = (): string => `${os.cpus()[0]?.model.trim() ?? os.arch()}, ${os.availableParallelism()} threads`

/** The driver's name of the first card; the platform runs one worker per card. */
function gpuName(): string {
  try {
    const card = readFileSync('/proc/driver/nvidia/version', 'utf8').split('\n')[0]
    return `NVIDIA GPU (${card?.replace(/^NVRM version:\s*/, '').trim() ?? 'driver unknown'})`
  } catch {
    return 'NVIDIA GPU'
  }
}
