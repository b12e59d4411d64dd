import type { AuditPolicy, Estimate } from '@lethe/domain'
import { clopperPearson } from '../statistics/clopper-pearson.js'

/** The score at or above which a sample is taken for a member: best balanced accuracy on known members and known strangers. */
export function chooseThreshold(members: Float64Array, strangers: Float64Array): number {
  const [inside, outside] = [members.slice().sort(), strangers.slice().sort()]
  let best = { threshold: Number.POSITIVE_INFINITY, accuracy: 1 }
  let below = 0
  for (const [rank, threshold] of inside.entries()) {
    while (below < outside.length && (outside[below] as number) < threshold) below += 1
    const accuracy = (inside.length - rank) / inside.length + below / outside.length
    if (accuracy > best.accuracy) best = { threshold, accuracy }
  }
  return best.threshold
}

/**
 * EncoderMI-T (arXiv 2108.11023): the share of the forget set that is taken for unseen, by a threshold from retained pictures and one
 * half of the held-out ones. Exact interval. A model that never saw them shows as many as the other half of the held-out pictures.
 */
export function shareTakenForUnseen(
  scores: { readonly forget: Float64Array; readonly heldOut: Float64Array; readonly members: Float64Array },
  { alpha }: AuditPolicy,
): Estimate & { readonly ofHeldOut: number } {
  const isKnown = (_: number, index: number) => index % 2 === 0
  const threshold = chooseThreshold(scores.members, scores.heldOut.filter(isKnown))
  const unseen = (values: Float64Array) => values.filter((score) => !(score >= threshold)).length
  const others = scores.heldOut.filter((_, index) => index % 2 === 1)
  const count = unseen(scores.forget)
  return {
    value: count / scores.forget.length,
    interval: clopperPearson(count, scores.forget.length, alpha),
    ofHeldOut: unseen(others) / Math.max(1, others.length),
  }
}
