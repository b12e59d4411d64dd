import { isMainThread } from 'node:worker_threads'

/**
 * What libtensorflow reads from the process when it is loaded: only deterministic kernels on a GPU (equal recipes give equal
 * weights there too), and no line for every feature of the processor. What was set by hand stays. To be called on the main
 * thread, before any thread loads the library: a worker's `process.env` is a copy that native code does not see.
 */
export function prepareTensorflowEnvironment(): void {
  if (!isMainThread) return
  process.env['TF_DETERMINISTIC_OPS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
}
