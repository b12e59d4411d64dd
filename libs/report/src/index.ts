export { renderHeatMaps } from './heat-map/render-heat-maps.js'
export {
  languages,
  type AuditedEndpoint,
  type AuditedPictures,
  type CheckStep,
  type Language,
  type Provenance,
  type ReportPage,
} from './page-input.js'
export { REPORT_GENERATOR, renderAuditReport } from './render-audit-report.js'
export { style as reportStyle } from './style.js'
export { verdictWords } from './words/words-of.js'
