// The judging half of the audit, without anything that asks: for whoever checks a report, in Node or in a browser.
export { AuditData } from './audit-data.js'
export { readAuditData } from './audit-data-file.js'
export { compareReports } from './compare-reports.js'
export { recomputeReport, type Recomputed } from './recompute-report.js'
