import { createRequire } from 'node:module'
import { DomainError } from '@lethe/domain'
import { addInParts } from './add-in-parts.js'
import type { DeviceErrorCode } from './tfjs-node.js'

const INSTALL = 'npm install --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0'

/** What tfjs asks for beyond a device's defaults, as far as the adapter goes. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const

export interface WebGpu {
  readonly backendVersion: string
  /** What the driver calls the card. */
  readonly adapter: string
}

const require = createRequire(import.meta.url)
const unavailable = (message: string) => new DomainError<DeviceErrorCode>('BACKEND_UNAVAILABLE', message)

type Packages = Awaited<ReturnType<typeof loadPackages>>

/** Dawn's instance must outlive all that came from it; a second one in its place would pull the first from under its device. */
let opened: Promise<{ gpu: GPU; adapter: GPUAdapter; kernels: Packages['kernels'] }> | undefined

/**
 * Registers the backend `webgpu` with tfjs, on Dawn. Its readback is asynchronous only: `data()` works, `dataSync()` does not.
 * A driver that computes on the CPU is no GPU and is refused, unless `allowsSoftware`: gradients can be checked on it.
 * @throws DomainError BACKEND_UNAVAILABLE
 */
export async function registerWebGpu(allowsSoftware: boolean): Promise<WebGpu> {
  const tf = await import('@tensorflow/tfjs')
  opened ??= open()
  const { gpu, adapter, kernels } = await opened.catch((error: unknown) => {
    opened = undefined
    throw error
  })
  const { info } = adapter
  if (info.isFallbackAdapter && !allowsSoftware)
    throw unavailable(`WebGPU found only ${info.description}, which computes on the CPU; ask for tensorflow or wasm`)
  provideNavigator(gpu)
  if (tf.findBackendFactory('webgpu') === null) {
    tf.registerBackend('webgpu', async () => new kernels.WebGPUBackend(await openGpuDevice(adapter), info))
    addInParts(tf, adapter.limits.maxStorageBuffersPerShaderStage - 1)
  }
  return {
    backendVersion: `tfjs-backend-webgpu ${versionOf('@tensorflow/tfjs-backend-webgpu')}, Dawn of webgpu ${versionOf('webgpu')}`,
    adapter: info.description || `${info.vendor} ${info.architecture}`,
  }
}

async function open() {
  const { dawn, kernels } = await loadPackages()
  Object.assign(globalThis, dawn.globals)
  const gpu = dawn.create([])
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    throw unavailable(
      'WebGPU found no GPU; check its driver (on Linux Vulkan, with libvulkan1), or ask for another backend',
    )
  return { gpu, adapter, kernels }
}

/** WebGPU reports a command that was not valid beside it, and goes on with results that mean nothing: here that ends the thread. */
async function openGpuDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]))
  const device = await adapter.requestDevice({ requiredLimits })
  const onError = ({ error }: GPUUncapturedErrorEvent) => {
    setImmediate(() => {
      throw new Error(`WebGPU refused a command, and what it computed is not to be used: ${error.message}`)
    })
  }
  device.addEventListener('uncapturederror', onError, { once: true })
  return device
}

const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version

/** The kernels come first: where `navigator.gpu` is there already, they register a backend that takes any adapter. */
async function loadPackages() {
  try {
    const kernels = await import('@tensorflow/tfjs-backend-webgpu')
    return { kernels, dawn: await import('webgpu') }
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw unavailable(`WebGPU’s packages do not load (${why}); run \`${INSTALL}\``)
  }
}

/** tfjs looks for the GPU where a browser has it. Node has a navigator from version 21 on. */
function provideNavigator(gpu: GPU): void {
  const existing = (globalThis as { navigator?: object }).navigator
  const navigator = existing ?? { userAgent: `Node.js/${process.versions.node.split('.')[0]}` }
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  if (existing === undefined)
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true })
}
