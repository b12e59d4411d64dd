export type {
  AuditCanaries,
  AuditedModel,
  AuditOptions,
  AuditResult,
  AuditSet,
  AuditTwins,
  DrawViews,
  Embed,
} from './audited-model.js'
export { testOneRunEpsilon, guessCanaries, guessTwins } from './battery/canary-epsilon.js'
export { testRecovery, type RecoveryCurve, type SetScores } from './battery/recovery.js'
export { testRandomisedTwins } from './battery/twins.js'
export { testULira, type ShadowedScore } from './battery/u-lira.js'
export { alignmentOf, membershipScores } from './probe/alignment.js'
export { collectAnswers } from './probe/view-embeddings.js'
export type { EmbedTexts } from './probe/text-embeddings.js'
export { runAudit } from './run-audit.js'
