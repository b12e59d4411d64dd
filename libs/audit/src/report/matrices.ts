import { f32, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { MATRIX_LIMIT } from '../battery/alignment-gap.js'
import type { Examined } from '../battery/test-context.js'
import { alignmentGap, alignmentMatrix } from '../probe/alignment.js'

/**
 * The report's matrices as safetensors: `forget.*` and `held-out.*` for before, after and gap, [n, n] over the first n samples
 * (both sets the same n, at most MATRIX_LIMIT), and `scores.<role>-<label>.{forget,held-out}`, one membership score per sample. `further`
 * square matrices, such as those of pictures and texts, stand beside under their own names.
 */
export function matricesOf(
  before: Examined,
  after: Examined,
  references: readonly Examined[],
  further: ReadonlyMap<string, Float32Array> = new Map(),
): Uint8Array {
  const n = Math.min(MATRIX_LIMIT, before.forget.count, before.heldOut.count)
  const tensors = new Map<string, StoredTensor>()
  for (const [name, key] of [
    ['forget', 'forget'],
    ['held-out', 'heldOut'],
  ] as const) {
    const first = alignmentMatrix(before[key], n)
    const second = alignmentMatrix(after[key], n)
    tensors.set(`${name}.before`, f32([n, n], first))
    tensors.set(`${name}.after`, f32([n, n], second))
    tensors.set(`${name}.gap`, f32([n, n], alignmentGap(first, second)))
  }
  for (const [name, matrix] of further) {
    const edge = Math.sqrt(matrix.length)
    tensors.set(name, f32([edge, edge], matrix))
  }
  for (const { model, scores } of [before, after, ...references]) {
    const name = `scores.${model.role}-${model.label}`
    tensors.set(`${name}.forget`, f32([scores.forget.length], Float32Array.from(scores.forget)))
    tensors.set(`${name}.held-out`, f32([scores.heldOut.length], Float32Array.from(scores.heldOut)))
  }
  return serializeSafetensors(tensors, { format: 'lethe-audit-matrices', version: '1' })
}
