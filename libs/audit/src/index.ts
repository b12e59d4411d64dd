export type {
  Attested,
  AuditCanaries,
  AuditedModel,
  AuditOptions,
  AuditResult,
  AuditSet,
  AuditTwins,
  DrawViews,
  Embed,
} from './audited-model.js'
export { AUDIT_EPOCH, challengePictures, challengeSeed, type Challenge } from './challenge.js'
export type { AnswerStore } from './endpoint/answer-store.js'
export { EndpointFault, type EndpointCode } from './endpoint/endpoint-fault.js'
export { testOneRunEpsilon, guessCanaries, guessTwins } from './battery/canary-epsilon.js'
export { CHALLENGES } from './measure/endpoint-attestation.js'
export { testRecovery } from './battery/recovery.js'
export { testRandomisedTwins } from './battery/twins.js'
export { testULira } from './battery/u-lira.js'
export type { RecoveryCurve, RecoveryCurves, SetScores, ShadowedScore } from './judge/audit-data.js'
export { planAudit, type AuditIntent, type AuditPlan } from './plan-audit.js'
export { scoreSets } from './probe/score-sets.js'
export type { EmbedTexts } from './probe/text-embeddings.js'
export { runAudit } from './run-audit.js'
