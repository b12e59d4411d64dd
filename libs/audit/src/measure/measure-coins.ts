import type { PackedImages } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import type { AuditData, SetScores } from '../judge/audit-data.js'
import { membershipScores } from '../probe/alignment.js'
import { collectAnswers } from '../probe/view-embeddings.js'

/** Scores of what coins decided before training, in the models before and after: twins, canaries, or neither. */
export async function measureCoins(options: AuditOptions): Promise<Pick<AuditData, 'twins' | 'canaries'>> {
  const { twins, canaries } = options
  const pairs = twins && (await scoresOf(options, twins.members, twins.twins))
  const singles = canaries && (await scoresOf(options, canaries.included, canaries.excluded))
  const asTwins = ({ forget, heldOut }: SetScores) => ({ members: forget, twins: heldOut })
  const asCanaries = ({ forget, heldOut }: SetScores) => ({ included: forget, excluded: heldOut })
  return {
    twins: pairs === undefined ? null : { before: asTwins(pairs[0]), after: asTwins(pairs[1]) },
    canaries: singles === undefined ? null : { before: asCanaries(singles[0]), after: asCanaries(singles[1]) },
  }
}

/** Membership scores of what was trained on and of what was not, in the models before and after. */
async function scoresOf(options: AuditOptions, trained: PackedImages, untrained: PackedImages) {
  const sets = { forget: { images: trained, labels: null }, heldOut: { images: untrained, labels: null } }
  const answers = await collectAnswers([options.before, options.after], { ...options, ...sets }, () => undefined)
  return answers.map(({ forget, heldOut }) => ({
    forget: membershipScores(forget),
    heldOut: membershipScores(heldOut),
  })) as [SetScores, SetScores]
}
