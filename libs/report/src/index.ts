export {
  languages,
  type AuditedEndpoint,
  type AuditedPictures,
  type CheckStep,
  type Language,
  type Provenance,
  type ReportPage,
} from './page-input.js'
export { renderAuditReport } from './render-audit-report.js'
export { verdictWords } from './words/words-of.js'
