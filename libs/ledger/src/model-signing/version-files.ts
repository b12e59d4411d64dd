import type { Digest } from '@lethe/domain'
import type { ModelManifest } from './model-manifest.js'

/** Names of a model version's files wherever they lie as files; `model.sig` is what the public tool looks for. */
export const versionFiles = {
  weights: 'weights.safetensors',
  state: 'state.safetensors',
  signature: 'model.sig',
  /** Names digests of its own and grows with each audit, so the signature leaves it out. */
  bom: 'ml-bom.cdx.json',
} as const

/** What is signed of a model version. */
export const versionManifest = (version: { id: string; weights: Digest; state: Digest }): ModelManifest => ({
  name: `model-version/${version.id}`,
  files: [
    { name: versionFiles.weights, digest: version.weights },
    { name: versionFiles.state, digest: version.state },
  ],
  ignoredPaths: [versionFiles.signature, versionFiles.bom],
})
