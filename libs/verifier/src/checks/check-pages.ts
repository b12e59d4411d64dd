import { languages, renderAuditReport, REPORT_GENERATOR } from '@lethe/report'
import { auditPath } from '../archive/bundle-paths.js'
import { textFromUtf8 } from '../encoding/canonical-json.js'
import { finding, type Finding } from '../report/finding.js'
import type { CheckOfCase } from './case.js'

const GENERATOR = /<meta name="generator" content="([a-z]+(?:-[a-z]+)*\/\d{1,4})" \/>/

/**
 * The reports as pages are those that report and matrices give, rendered anew, byte for byte. A page of another form, by an
 * earlier or later release, is counted and not compared.
 */
export const checkPages: CheckOfCase = ({ audits, bundle: { files } }) => {
  const findings: Finding[] = []
  const counts = { pages: 0, others: 0 }
  for (const { statement, recomputed } of audits)
    for (const language of languages) {
      const path = auditPath(statement.predicate.number, `report.${language}.html`)
      const bytes = files.get(path)
      const page = bytes === undefined ? null : textFromUtf8(bytes)
      if (bytes === undefined) findings.push(finding('AUDIT_FILE_MISSING', path))
      else if (recomputed === null || isOfOtherForm(page)) counts.others += 1
      else if (page === renderAuditReport({ ...recomputed, language })) counts.pages += 1
      else findings.push(finding('PAGE_DIFFERS', path))
    }
  return { findings, isSkipped: counts.pages === 0, facts: counts }
}

function isOfOtherForm(page: string | null): boolean {
  const generator = page === null ? undefined : GENERATOR.exec(page)?.[1]
  return generator !== undefined && generator !== REPORT_GENERATOR && generator.startsWith('lethe-report/')
}
