import { compareReports, recomputeReport } from '@lethe/audit/judge'
import { AuditReport, type AuditTest, isDomainError } from '@lethe/domain'
import { auditPath } from '../archive/bundle-paths.js'
import type { Bundle } from '../bundle/read-bundle.js'
import { ofKind, type Statement } from '../bundle/statement.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { finding, type Finding } from '../report/finding.js'
import type { JudgedAudit } from './case.js'

/** Per-sample scores of a large audit are a few megabytes; what is larger is not computed with. */
const LARGEST_DATA = 128 * 2 ** 20

/** Computes every audit of the request anew from its kept data, as the audit itself did, and compares. */
export function judgeAudits({ statements, files, manifest }: Bundle): JudgedAudit[] {
  return ofKind(statements, 'audit-completed/v1')
    .filter(({ recorded }) => recorded.erasureRequestId === manifest.erasureRequestId)
    .map((statement) => judgeAudit(statement, files))
}

function judgeAudit(statement: Statement<'audit-completed/v1'>, files: Bundle['files']): JudgedAudit {
  const reportPath = auditPath(statement.predicate.number, 'report.json')
  const dataPath = auditPath(statement.predicate.number, 'audit-data.safetensors')
  const findings: Finding[] = []
  const text = files.get(reportPath)
  const data = files.get(dataPath)
  const raw = text && parseCanonicalJson(text)
  const parsed = AuditReport.safeParse(raw)
  if (text !== undefined && !parsed.success)
    findings.push(finding('REPORT_MALFORMED', reportPath, parsed.error.issues[0]?.path.join('.')))
  const stated = parsed.data ?? null
  if (stated !== null) findings.push(...disagreements(statement, stated))
  const recomputed = data === undefined ? null : recompute(data, dataPath, findings)
  if (data === undefined) findings.push(finding('REPORT_NOT_REPEATABLE', statement.path, statement.predicate.number))
  else if (stated !== null && recomputed !== null) {
    // The report as it is written, so that members which the schema would drop count too.
    const differing = compareReports(raw as AuditReport, recomputed.report)
    findings.push(...differing.slice(0, 20).map((path) => finding('REPORT_DIFFERS', reportPath, named(path, stated))))
  }
  return { statement, stated, recomputed, findings }
}

function recompute(data: Uint8Array, path: string, findings: Finding[]): JudgedAudit['recomputed'] {
  if (data.length > LARGEST_DATA) {
    findings.push(finding('AUDIT_DATA_MALFORMED', path, `> ${LARGEST_DATA}`))
    return null
  }
  try {
    return recomputeReport(data)
  } catch (error) {
    // Whatever the judge stumbles over in bytes that somebody else made, they are not what an audit keeps.
    findings.push(finding('AUDIT_DATA_MALFORMED', path, isDomainError(error) ? (error.field ?? error.code) : 'data'))
    return null
  }
}

/** The signed statement says of the audit what its report says. */
function disagreements({ path, predicate }: Statement<'audit-completed/v1'>, report: AuditReport): Finding[] {
  const outcomesOf = (tests: readonly Pick<AuditTest, 'id' | 'outcome' | 'p'>[]) =>
    JSON.stringify(tests.map(({ id, outcome, p }) => [id, outcome, p]))
  return [
    ...(predicate.verdict === report.verdict ? [] : ['verdict']),
    ...(predicate.policyDigest === report.policyDigest ? [] : ['policyDigest']),
    ...(outcomesOf(predicate.tests) === outcomesOf(report.tests) ? [] : ['tests']),
    ...(predicate.limits.join() === report.limits.join() ? [] : ['limits']),
  ].map((member) => finding('STATEMENT_DIFFERS', path, member))
}

/** `tests.3.p` with the test's name, which readers know it by. */
function named(path: string, { tests }: AuditReport): string {
  const index = /^tests\.(\d+)\b/.exec(path)?.[1]
  const test = index === undefined ? undefined : tests[Number(index)]
  return test === undefined ? path : `${path} (${test.id})`
}
