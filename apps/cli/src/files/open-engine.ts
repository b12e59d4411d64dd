import type { BackendChoice } from '@lethe/device'
import { DomainError } from '@lethe/domain'
import { EngineThread } from '@lethe/engine'
import { provisionTensorflow, readStackEnv } from '@lethe/stack'

/** Prepares what the backend needs, where that is not done yet. @throws DomainError BACKEND_UNAVAILABLE. */
export async function prepareBackend(backend: BackendChoice | undefined, report: (line: string) => void) {
  const env = readStackEnv()
  const options = { cacheDir: env.cacheDir, backend: backend ?? env.backend, tfjsNodeDir: env.tfjsNodeDir, report }
  try {
    const { backend: chosen, tfjsNodeDir } = await provisionTensorflow(options)
    return { backend: chosen, tfjsNodeDir }
  } catch (error) {
    if (backend === undefined || error instanceof DomainError) throw error
    throw new DomainError('BACKEND_UNAVAILABLE', error instanceof Error ? error.message : String(error), '--backend')
  }
}

/** The engine on this backend, in its thread. */
export async function openEngine(options: {
  backend: BackendChoice | undefined
  viewThreads: number
  report: (line: string) => void
}): Promise<EngineThread> {
  const prepared = await prepareBackend(options.backend, options.report)
  return EngineThread.start({ ...prepared, viewThreads: options.viewThreads })
}
