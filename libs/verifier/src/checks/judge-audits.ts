import { compareReports, recomputeReport } from '@lethe/audit/judge'
import { AuditReport, type AuditTest, isDomainError } from '@lethe/domain'
import { auditPath } from '../archive/bundle-paths.js'
import { checkEnvelope } from '../bundle/envelope.js'
import type { Bundle } from '../bundle/read-bundle.js'
import { ofKind, type Statement } from '../bundle/statement.js'
import { sha256Hex } from '../crypto/digest.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { finding, type Finding } from '../report/finding.js'
import type { VerifierKey } from '../trust/verifier-key.js'
import type { JudgedAudit } from './case.js'

/** Per-sample scores of a large audit are a few megabytes; what is larger is not computed with. */
const LARGEST_DATA = 128 * 2 ** 20

/**
 * Computes every audit of the request anew from its kept data, as the audit itself did, and compares. Only data whose digest a
 * trusted key signed are computed with: what anybody could have put there could be made to take hours.
 */
export async function judgeAudits(
  { statements, files, manifest }: Bundle,
  keys: readonly VerifierKey[],
): Promise<JudgedAudit[]> {
  const own = ofKind(statements, 'audit-completed/v1').filter(
    ({ recorded }) => recorded.erasureRequestId === manifest.erasureRequestId,
  )
  const judged: JudgedAudit[] = []
  for (const statement of own) {
    const data = files.get(auditPath(statement.predicate.number, 'audit-data.safetensors'))
    const doubt = await doubtOf(statement, data, keys)
    judged.push(judgeAudit(statement, files, doubt === null ? { data } : { doubt }))
  }
  return judged
}

/** Why these data are not computed with, or null. */
async function doubtOf(
  { path, predicate, subjects, envelope }: Statement<'audit-completed/v1'>,
  data: Uint8Array | undefined,
  keys: readonly VerifierKey[],
): Promise<Finding | null> {
  if (data === undefined) return finding('REPORT_NOT_REPEATABLE', path, predicate.number)
  const named = envelope.signatures.map(({ keyid }) => keyid).join(', ')
  if ((await checkEnvelope(envelope, keys)) !== 'valid') return finding('KEY_UNTRUSTED', path, named)
  const signed = subjects.find(({ name }) => name === `audit/${predicate.auditId}/data`)?.digest.sha256
  const file = auditPath(predicate.number, 'audit-data.safetensors')
  return signed === (await sha256Hex(data)) ? null : finding('AUDIT_FILE_DIFFERS', file)
}

function judgeAudit(
  statement: Statement<'audit-completed/v1'>,
  files: Bundle['files'],
  { data, doubt }: { data?: Uint8Array | undefined; doubt?: Finding },
): JudgedAudit {
  const { number } = statement.predicate
  const reportPath = auditPath(number, 'report.json')
  const dataPath = auditPath(number, 'audit-data.safetensors')
  const findings: Finding[] = []
  const text = files.get(reportPath)
  const raw = text && parseCanonicalJson(text)
  const parsed = AuditReport.safeParse(raw)
  if (text !== undefined && !parsed.success)
    findings.push(finding('REPORT_MALFORMED', reportPath, parsed.error.issues[0]?.path.join('.')))
  const stated = parsed.data ?? null
  if (stated !== null) findings.push(...disagreements(statement, stated))
  if (doubt !== undefined) findings.push(doubt)
  const recomputed = data === undefined ? null : recompute(data, dataPath, findings)
  if (stated !== null && recomputed !== null) {
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
