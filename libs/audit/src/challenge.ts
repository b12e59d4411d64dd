import { randomStream, sha256, type Digest } from '@lethe/domain'
import { refuse } from './audit-error.js'
import type { AuditOptions } from './audited-model.js'

/**
 * Epoch that no training run reaches: views of an audit never repeat those of a run whose seed is the same. Give it to whatever
 * draws views (`AuditOptions.drawViews`).
 */
export const AUDIT_EPOCH = 0x61756474

/** A value that nobody knew when the weights were attested: a beacon, a block hash, a later log checkpoint. */
export interface Challenge {
  readonly publicValue: string
}

/** 31 bits of SHA-256 over the attested digests and the public value: no table could be prepared for these views. */
export function challengeSeed(weightsDigests: readonly Digest[], publicValue: string): number {
  const digest = sha256(JSON.stringify(['lethe-audit-challenge/v1', ...weightsDigests, publicValue]))
  return Number.parseInt(digest.slice(0, 8), 16) >>> 1
}

/** The seed of this audit's views: the policy's, or the challenge's where there is one. */
export function viewSeedOf({ policy, challenge, before, after }: AuditOptions): number {
  if (challenge === undefined) return policy.seed
  return challengeSeed(
    [attestedDigest(before.attested?.digest), attestedDigest(after.attested?.digest)],
    challenge.publicValue,
  )
}

const attestedDigest = (digest: Digest | undefined): Digest =>
  digest ??
  refuse(
    'AUDIT_NOT_ATTESTED',
    'A challenge is derived from attested weights; give the digests of both models.',
    'challenge',
  )

/** Waves per picture and channel. */
const WAVES = 4

/**
 * Synthetic pictures of a seed, floats in [0, 1], [count, height, width, channels]: sums of a few plane waves, so that encoders of
 * photographs respond to them, in steps of 1/255, so that they may travel as bytes. Whoever holds the attested weights embeds them; whoever audits compares.
 */
export function challengePictures(
  seed: number,
  size: { readonly count: number; readonly height: number; readonly width: number; readonly channels: number },
): Float32Array {
  const { count, height, width, channels } = size
  const pictures = new Float32Array(count * height * width * channels)
  for (let picture = 0; picture < count; picture++)
    for (let channel = 0; channel < channels; channel++) {
      const random = randomStream(seed, picture, channel)
      const waves = Array.from({ length: WAVES }, () => ({
        down: 4 * (random() - 0.5),
        across: 4 * (random() - 0.5),
        phase: random(),
      }))
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          let sum = 0
          for (const { down, across, phase } of waves)
            sum += Math.cos(2 * Math.PI * ((down * y) / height + (across * x) / width + phase))
          const value = Math.round(255 * (0.5 + sum / (2 * WAVES))) / 255
          pictures[((picture * height + y) * width + x) * channels + channel] = value
        }
    }
  return pictures
}
