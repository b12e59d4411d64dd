import { openDevice, type Device } from '@lethe/device'
import { provisionTensorflow, readStackEnv } from '@lethe/stack'

/** The best backend of this machine, as the platform would choose it. */
export async function openBackend(): Promise<Device> {
  const { cacheDir, backend, tfjsNodeDir } = readStackEnv()
  const provision = await provisionTensorflow({ cacheDir, backend, tfjsNodeDir })
  return openDevice({ backend: provision.backend, tfjsNodeDir: provision.tfjsNodeDir })
}
