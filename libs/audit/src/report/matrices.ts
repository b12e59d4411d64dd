import { f32, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import type { Audited, Examined } from '../battery/test-context.js'
import type { AuditData } from '../judge/audit-data.js'
import { alignmentGap, leadingMatrix } from '../probe/alignment.js'

/**
 * The report's matrices as safetensors: `forget.*` and `held-out.*` for before, after and gap, [n, n] over the first n samples, both sets
 * the same n; the same of pictures and texts as `forget.texts.*` and `held-out.texts.*`; and
 * `scores.<role>-<label>.{forget,held-out}`, one membership score per sample.
 */
export function matricesOf(
  before: Audited,
  after: Audited,
  references: readonly Examined[],
  texts: AuditData['texts'],
): Uint8Array {
  const tensors = new Map<string, StoredTensor>()
  addMatrices(tensors, '', before.matrices, after.matrices)
  if (texts !== null) addMatrices(tensors, '.texts', texts.before.matrices, texts.after.matrices)
  for (const { role, label, scores } of [before, after, ...references]) {
    tensors.set(`scores.${role}-${label}.forget`, f32([scores.forget.length], Float32Array.from(scores.forget)))
    tensors.set(`scores.${role}-${label}.held-out`, f32([scores.heldOut.length], Float32Array.from(scores.heldOut)))
  }
  return serializeSafetensors(tensors, { format: 'lethe-audit-matrices', version: '1' })
}

function addMatrices(
  tensors: Map<string, StoredTensor>,
  kind: string,
  before: Audited['matrices'],
  after: Audited['matrices'],
): void {
  const n = Math.sqrt(Math.min(before.forget.length, before.heldOut.length))
  for (const [name, set] of [
    ['forget', 'forget'],
    ['held-out', 'heldOut'],
  ] as const) {
    const [first, second] = [leadingMatrix(before[set], n), leadingMatrix(after[set], n)]
    tensors.set(`${name}${kind}.before`, f32([n, n], first))
    tensors.set(`${name}${kind}.after`, f32([n, n], second))
    tensors.set(`${name}${kind}.gap`, f32([n, n], alignmentGap(first, second)))
  }
}
