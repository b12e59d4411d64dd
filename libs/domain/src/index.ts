export * from './audit-power.js'
export * from './audit.js'
export {
  foretellBreach,
  stageDurations,
  type StageDuration,
  type StageEnds,
  stageOf,
  WorkStage,
} from './breach-forecast.js'
export { calendarDay, endOfDay, startOfDay, wallTime } from './calendar.js'
export { ClockBasis, ClockEvent, ClockEventKind } from './clock-event.js'
export { ClockThreshold, thresholdReached } from './clock-notice.js'
export { clockTransitions, type ClockLife } from './clock-progress.js'
export { ClockStep } from './clock-sum.js'
export * from './commitments.js'
export { ContractTerms } from './contract-terms.js'
export * from './erasure-closure.js'
export * from './erasure-request.js'
export * from './errors.js'
export * from './evidence.js'
export { SsoChangeKind } from './evidence/access.js'
export { ClosureState } from './evidence/closure.js'
export { BUILDER_ID, buildTypes, RetrainingCost } from './evidence/model.js'
export { evidencePredicates } from './evidence/predicates.js'
export {
  evidenceJsonSchemas,
  evidenceStatement,
  predicateIn,
  type Recorded,
  STATEMENT_TYPE,
} from './evidence/statement.js'
export { type ForecastQuality, judgeForecasts } from './forecast-quality.js'
export * from './forget-set.js'
export * from './ids.js'
export * from './mail-locale.js'
export * from './notice.js'
export { nextListAccess } from './list-access.js'
export * from './owner-audit.js'
export * from './packed-images.js'
export * from './looks/perceptual-hash.js'
export * from './random-stream.js'
export * from './recipe/index.js'
export * from './roles.js'
export * from './run.js'
export * from './service-credential.js'
export * from './sha-256.js'
export * from './sla-clock.js'
export * from './state-reason.js'
export { earliestReceipt, ruleFor, StatuteId, statuteRules, statutes, type StatuteRule } from './statutes.js'
export { Term, TermUnit } from './term.js'
export {
  predictRetraining,
  predictUnlearning,
  samplesRead,
  type MeasuredTraining,
  type PredictedCost,
} from './training-cost.js'
export * from './twins.js'
export * from './webhook.js'
