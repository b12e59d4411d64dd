export type { AuditedModel, AuditOptions, AuditResult, AuditSet, DrawViews, Embed } from './audited-model.js'
export { runAudit } from './run-audit.js'
