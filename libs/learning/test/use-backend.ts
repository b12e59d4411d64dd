import { createRequire } from 'node:module'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

const packageJson = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')
setWasmPaths(path.join(path.dirname(packageJson), 'wasm-out') + path.sep)

/** Backends that are there on every machine. */
export const backends = ['cpu', 'wasm'] as const

export async function useBackend(name: (typeof backends)[number]): Promise<void> {
  await tf.setBackend(name)
  await tf.ready()
}
