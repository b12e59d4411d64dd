import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { DomainError } from '@lethe/domain'
import type { KernelBackend } from '@tensorflow/tfjs'
import { z } from 'zod'

export type DeviceErrorCode = 'BACKEND_UNAVAILABLE'

/** What provisioning wrote beside the libraries it prepared; the folder holds `tfjs_binding.node` and libtensorflow. */
export const TfjsNodeManifest = z.object({
  tensorflowVersion: z.string(),
  /** True when libtensorflow was built with CUDA. Whether a GPU answers is asked of the library, not of this file. */
  gpuBuild: z.boolean(),
  source: z.string(),
  files: z.record(z.string(), z.object({ bytes: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
})
export type TfjsNodeManifest = z.infer<typeof TfjsNodeManifest>

const require = createRequire(import.meta.url)
const unavailable = (message: string) => new DomainError<DeviceErrorCode>('BACKEND_UNAVAILABLE', message)

/** Only the parts of the native module and of the package that are used here. */
interface Binding {
  TF_Version: string
  isUsingGpuDevice: () => boolean
}
interface KernelBackendModule {
  NodeJSKernelBackend: new (binding: Binding, packageName: string) => KernelBackend
}

export function readTfjsNodeManifest(folder: string): TfjsNodeManifest {
  const file = path.join(folder, 'manifest.json')
  try {
    return TfjsNodeManifest.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw unavailable(`${file} cannot be read (${why}); run \`npx lethe doctor\` to prepare TensorFlow again`)
  }
}

export interface TfjsNode {
  usesGpu: boolean
  tensorflowVersion: string
  packageVersion: string
}

/** The native module either from a prepared folder or, where someone ran the packages' own install script, from there. */
export function findBinding(folder: string | undefined): string | undefined {
  const candidates = folder === undefined ? [] : [path.join(folder, 'tfjs_binding.node')]
  for (const name of ['tfjs-node-gpu', 'tfjs-node']) {
    const home = packageFolder(`@tensorflow/${name}`)
    if (home !== undefined) candidates.push(path.join(home, 'lib', 'napi-v8', 'tfjs_binding.node'))
  }
  return candidates.find((file) => existsSync(file))
}

/**
 * Registers the backend `tensorflow` with tfjs from the package's own kernels and the given native module. The package's
 * entry point is not imported: it looks for the module below node_modules, which `npm ci` empties.
 */
export async function registerTfjsNode(bindingFile: string): Promise<TfjsNode> {
  const tf = await import('@tensorflow/tfjs')
  const binding = loadForGood(bindingFile)
  const usesGpu = binding.isUsingGpuDevice()
  const name = usesGpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node'
  const home = packageFolder(name)
  if (home === undefined) throw unavailable(`${name} is not installed; run npm install without --omit=optional`)
  require(path.join(home, 'dist', 'register_all_kernels.js'))
  const { NodeJSKernelBackend } = require(path.join(home, 'dist', 'nodejs_kernel_backend.js')) as KernelBackendModule
  if (tf.findBackendFactory('tensorflow') === null)
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, name), 3)
  const { version } = require(path.join(home, 'package.json')) as { version: string }
  return { usesGpu, tensorflowVersion: binding.TF_Version, packageVersion: version }
}

/** RTLD_NODELETE, which Node does not name; elsewhere the flag does not exist. */
const noDelete: Partial<Record<NodeJS.Platform, number>> = { linux: 0x1000, darwin: 0x80 }

/**
 * Loads the native module so that it stays until the process ends. A worker thread that ends would otherwise unload
 * libtensorflow under its own threads, and the process would end with a segmentation fault.
 */
function loadForGood(bindingFile: string): Binding {
  const module = { exports: {} }
  process.dlopen(module, bindingFile, os.constants.dlopen.RTLD_NOW | (noDelete[process.platform] ?? 0))
  return module.exports as Binding
}

function packageFolder(name: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}
