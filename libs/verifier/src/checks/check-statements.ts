import { checkEnvelope } from '../bundle/envelope.js'
import { finding, type Finding } from '../report/finding.js'
import type { CheckOfCase } from './case.js'

/** Every statement has the form of its kind, belongs to this tenant, and is signed by a trusted key of the log. */
export const checkStatements: CheckOfCase = async ({ bundle: { statements, unreadable, manifest }, keys }) => {
  const findings: Finding[] = [...unreadable]
  for (const { path, envelope, recorded } of statements) {
    const signature = await checkEnvelope(envelope, keys)
    const named = envelope.signatures.map(({ keyid }) => keyid).join(', ')
    if (signature === 'invalid') findings.push(finding('SIGNATURE_INVALID', path, named))
    if (signature === 'untrusted') findings.push(finding('KEY_UNTRUSTED', path, named))
    if (recorded.tenantId !== manifest.tenantId) findings.push(finding('STATEMENT_MISPLACED', path, 'tenantId'))
  }
  return { findings, facts: { statements: statements.length } }
}
