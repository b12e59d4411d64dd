import { f32, serializeSafetensors } from '@lethe/safetensors'
import { planOf, stateMetadata } from '../checkpoint/training-state.js'
import { readWeights, WITHHELD, writeWeights, type Weights } from '../checkpoint/weights-file.js'
import { loadEmbedder } from '../load-embedder.js'
import type { TrainingResult } from '../run-phases.js'
import type { UnlearnOptions } from './unlearn.js'

/**
 * The negative control: nothing is unlearned. Weights and state stay the parent's, and beside them lie the features of the
 * pictures to withhold, behind those that the parent withholds already; an embedder answers whatever resembles one of them with
 * noise. An audit must not pass it.
 */
export async function suppressOutputs(options: UnlearnOptions): Promise<TrainingResult> {
  const { parent, forget, signal, onProgress, provenance } = options
  signal.throwIfAborted()
  const weights = readWeights(parent.weights, 'parent')
  const { open, withheld } = withoutWithheld(weights)
  const embedder = loadEmbedder(writeWeights(weights, open))
  try {
    const own = ofLengthOne(await embedder.embed(forget.data), embedder.dimension)
    const features = new Float32Array(withheld.length + own.length)
    features.set(withheld)
    features.set(own, withheld.length)
    const rows = features.length / embedder.dimension
    const tensors = new Map([...open, [WITHHELD, f32([rows, embedder.dimension], features)] as const])
    onProgress?.({ phase: 'suppress', fraction: 1, etaSeconds: 0 })
    const state = { plan: planOf({ kind: 'suppress' }), epoch: 0, step: 0, curve: [], provenance: provenance ?? null }
    return {
      checkpoint: {
        weights: writeWeights(weights, tensors),
        state: parent.state ?? serializeSafetensors(new Map(), stateMetadata(state)),
      },
      curve: [],
    }
  } finally {
    embedder.dispose()
  }
}

/** The parent's own arrays, and the features that it withholds; these are measured by an embedder that withholds nothing. */
function withoutWithheld({ tensors }: Weights) {
  const open = new Map([...tensors].filter(([name]) => name !== WITHHELD))
  return { open, withheld: (tensors.get(WITHHELD)?.data ?? new Float32Array(0)) as Float32Array }
}

function ofLengthOne(rows: Float32Array, width: number): Float32Array {
  const unit = Float32Array.from(rows)
  for (let from = 0; from < unit.length; from += width) {
    const row = unit.subarray(from, from + width)
    const length = Math.hypot(...row)
    if (length > 0) row.forEach((value, k) => (row[k] = value / length))
  }
  return unit
}
