import { openDevice, type BackendName } from '@lethe/device'
import { isDomainError } from '@lethe/domain'
import { readStackEnv, seesNvidiaGpu, tensorflowHome } from '@lethe/stack'

/** A backend that a test can open, or the reason why it cannot. */
export interface TestBackend {
  readonly name: BackendName | 'native TensorFlow'
  readonly open: (() => Promise<unknown>) | null
  readonly reason: string
}

/**
 * Plain JavaScript, WASM, and native TensorFlow where this machine has it prepared. Nothing is fetched or built for a test;
 * `npx lethe doctor` says what is there.
 */
export async function testBackends(): Promise<TestBackend[]> {
  return [
    { name: 'cpu', open: () => openDevice({ backend: 'cpu' }), reason: '' },
    { name: 'wasm', open: () => openDevice({ backend: 'wasm' }), reason: '' },
    await findNative(),
  ]
}

async function findNative(): Promise<TestBackend> {
  const { cacheDir, tfjsNodeDir = tensorflowHome(cacheDir, seesNvidiaGpu()) } = readStackEnv()
  const options = { backend: seesNvidiaGpu() ? 'tensorflow-gpu' : 'tensorflow', tfjsNodeDir } as const
  try {
    await openDevice(options)
    return { name: options.backend, open: () => openDevice(options), reason: '' }
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { name: 'native TensorFlow', open: null, reason: error.message }
  }
}
