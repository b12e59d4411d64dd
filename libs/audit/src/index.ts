export { auditPower, requiredForgetSize, UNREACHABLE_FORGET_SIZE } from './audit-power.js'
export type { AuditedModel, AuditOptions, AuditResult, AuditSet, DrawViews, Embed } from './audited-model.js'
export { runAudit } from './run-audit.js'
