export * from './audit-power.js'
export * from './audit.js'
export * from './calendar.js'
export * from './commitments.js'
export * from './erasure-closure.js'
export * from './erasure-request.js'
export * from './errors.js'
export * from './evidence.js'
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
export * from './forget-set.js'
export * from './ids.js'
export * from './notice.js'
export * from './owner-audit.js'
export * from './packed-images.js'
export * from './random-stream.js'
export * from './recipe/index.js'
export * from './roles.js'
export * from './run.js'
export * from './sha-256.js'
export * from './sla-clock.js'
export * from './statutes.js'
export { predictRetraining, samplesRead, type MeasuredTraining } from './training-cost.js'
export * from './twins.js'
export * from './webhook.js'
