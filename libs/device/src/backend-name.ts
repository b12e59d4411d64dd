import { z } from 'zod'

/**
 * `tensorflow-gpu` and `tensorflow` are tfjs-node on libtensorflow; `webgpu` is Dawn, never taken unless asked for; `cpu` is
 * plain JavaScript, for tiny shapes only.
 */
export const BackendName = z.enum(['tensorflow-gpu', 'tensorflow', 'wasm', 'webgpu', 'cpu'])
export type BackendName = z.infer<typeof BackendName>

export const BackendChoice = z.enum(['auto', ...BackendName.options])
export type BackendChoice = z.infer<typeof BackendChoice>
