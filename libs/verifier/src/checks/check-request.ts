import { paths } from '../archive/bundle-paths.js'
import { finding, type Finding } from '../report/finding.js'
import { closingOf, ownOfKind, ownStatements, type CheckOfCase } from './case.js'

/** The request's entries are numbered from 1 without a gap, begin with the request, and end with its closing. */
export const checkRequestEntries: CheckOfCase = (of) => {
  const { manifest } = of.bundle
  const findings: Finding[] = []
  const own = ownStatements(of)
  const requested = ownOfKind(of, 'erasure-requested/v1')[0]
  if (requested === undefined) findings.push(finding('REQUEST_MISSING', paths.manifest))
  else if (requested.predicate.number !== manifest.number)
    findings.push(finding('REQUEST_MISMATCH', requested.path, requested.predicate.number))
  const seen = new Set<number>()
  let last = 0
  for (const { path, recorded } of own) {
    // The schema demands a number of every entry of a request.
    const number = recorded.requestEntry ?? 0
    if (seen.has(number)) findings.push(finding('ENTRY_REPEATED', path, number))
    else if (number < last) findings.push(finding('ENTRY_DISORDERED', path, number))
    seen.add(number)
    last = Math.max(last, number)
  }
  for (let number = 1; number < last; number++)
    if (!seen.has(number)) findings.push(finding('ENTRY_MISSING', paths.manifest, number))
  const closing = closingOf(of)
  if (closing === undefined) findings.push(finding('REQUEST_OPEN', paths.manifest))
  return { findings, facts: { entries: own.length, outcome: closing?.predicate.outcome ?? '' } }
}
