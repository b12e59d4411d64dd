import { auditNumberOf, auditPath, type AuditFile, paths } from '../archive/bundle-paths.js'
import { sha256Hex } from '../crypto/digest.js'
import { equalBytes } from '../encoding/hex.js'
import { finding, type Finding } from '../report/finding.js'
import { closingOf, ownOfKind, type Case, type CheckOfCase } from './case.js'

/** Audits are numbered from 1 without a gap, are those that the closing counts, and have the files that were signed. */
export const checkAudits: CheckOfCase = async (of) => {
  const audits = ownOfKind(of, 'audit-completed/v1')
  const numbers = new Set(audits.map(({ predicate }) => predicate.number))
  const findings: Finding[] = []
  for (const [index, { path, predicate }] of audits.entries())
    if (audits.slice(0, index).some((earlier) => earlier.predicate.number === predicate.number))
      findings.push(finding('AUDIT_REPEATED', path, predicate.number))
  for (let number = 1; number < Math.max(0, ...numbers); number++)
    if (!numbers.has(number)) findings.push(finding('AUDIT_MISSING', paths.manifest, number))
  findings.push(...closingDisagrees(of, numbers))
  for (const path of of.bundle.files.keys()) {
    const number = auditNumberOf(path)
    if (number !== null && !numbers.has(number)) findings.push(finding('AUDIT_FILE_STRAY', path))
  }
  for (const audit of audits) findings.push(...(await signedFiles(of, audit)))
  return { findings, facts: { audits: audits.length } }
}

function closingDisagrees(of: Case, numbers: ReadonlySet<number>): Finding[] {
  const closing = closingOf(of)
  if (closing === undefined) return []
  const verdicts = new Map(
    ownOfKind(of, 'audit-completed/v1').map(({ predicate }) => [predicate.number, predicate.verdict]),
  )
  const counted = new Set(closing.predicate.audits.map(({ number }) => number))
  return [
    ...closing.predicate.audits.flatMap(({ number, verdict }) => {
      if (!numbers.has(number)) return [finding('AUDIT_MISSING', closing.path, number)]
      return verdicts.get(number) === verdict ? [] : [finding('AUDIT_LIST_DIFFERS', closing.path, number)]
    }),
    // An audit that ended after the closing is no contradiction.
    ...ownOfKind(of, 'audit-completed/v1')
      .filter(({ seq, predicate }) => seq < closing.seq && !counted.has(predicate.number))
      .map(({ predicate }) => finding('AUDIT_LIST_DIFFERS', closing.path, predicate.number)),
  ]
}

const signedNames: readonly (readonly [AuditFile, string])[] = [
  ['report.json', 'report'],
  ['matrices.safetensors', 'matrices'],
  ['audit-data.safetensors', 'data'],
]

async function signedFiles(
  of: Case,
  audit: ReturnType<typeof ownOfKind<'audit-completed/v1'>>[number],
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [file, name] of signedNames) {
    const path = auditPath(audit.predicate.number, file)
    const bytes = of.bundle.files.get(path)
    const signed = audit.subjects.find((subject) => subject.name === `audit/${audit.predicate.auditId}/${name}`)
    if (bytes === undefined) findings.push(finding('AUDIT_FILE_MISSING', path))
    else if (signed?.digest.sha256 !== (await sha256Hex(bytes))) findings.push(finding('AUDIT_FILE_DIFFERS', path))
  }
  return findings
}

/** Reports, statistics and verdicts follow from the scores that were kept, by the registered policy. */
export const checkStatistics: CheckOfCase = ({ audits }) =>
  audits.length === 0
    ? { findings: [], isSkipped: true }
    : { findings: audits.flatMap(({ findings }) => findings), facts: { audits: audits.length } }

/** The alignment matrices that are shown are those that the kept data give, byte for byte. */
export const checkMatrices: CheckOfCase = ({ audits, bundle: { files } }) => {
  const findings: Finding[] = []
  let compared = 0
  for (const { statement, recomputed } of audits) {
    const path = auditPath(statement.predicate.number, 'matrices.safetensors')
    const bytes = files.get(path)
    if (bytes === undefined || recomputed === null) continue
    compared += 1
    if (!equalBytes(bytes, recomputed.matrices)) findings.push(finding('MATRICES_DIFFER', path))
  }
  return { findings, isSkipped: compared === 0, facts: { audits: compared } }
}
