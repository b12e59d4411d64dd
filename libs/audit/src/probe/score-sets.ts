import type { PackedImages } from '@lethe/domain'
import type { AuditOptions, Embed } from '../audited-model.js'
import { AUDIT_EPOCH } from '../challenge.js'
import type { SetScores } from '../judge/audit-data.js'
import { membershipScores } from './alignment.js'
import { askInParts, type ViewEmbeddings } from './view-embeddings.js'

/** Membership scores of two sets in one model, by views as an audit of this policy draws them. */
export async function scoreSets(
  embed: Embed,
  sets: { readonly forget: PackedImages; readonly heldOut: PackedImages },
  by: Pick<AuditOptions, 'drawViews' | 'policy' | 'signal'>,
): Promise<SetScores> {
  return { forget: await scoreSet(embed, sets.forget, by), heldOut: await scoreSet(embed, sets.heldOut, by) }
}

async function scoreSet(
  embed: Embed,
  images: PackedImages,
  { drawViews, policy, signal }: Pick<AuditOptions, 'drawViews' | 'policy' | 'signal'>,
): Promise<Float64Array> {
  const views: Float32Array[] = []
  let dimension = 1
  for (let view = 0; view < policy.views; view++) {
    const answers = await askInParts(embed, images, drawViews(images, policy.seed, view, AUDIT_EPOCH), signal)
    dimension = answers.dimension
    views.push(answers.unit)
  }
  const embeddings: ViewEmbeddings = { count: images.count, dimension, views }
  return membershipScores(embeddings)
}
