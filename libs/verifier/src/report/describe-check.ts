import type { Language } from '../words/words.js'
import { wordsOf } from '../words/words.js'
import type { Check, VerificationReport } from './verification-report.js'

/** A check in words, for whoever shows it. */
export interface DescribedCheck {
  /** One character; says nothing that the words do not. */
  readonly mark: string
  readonly title: string
  readonly outcome: string
  /** One sentence, or one for every finding, each beginning with its file. */
  readonly sentences: readonly string[]
}

const marks: Readonly<Record<Check['outcome'], string>> = {
  verified: '✓',
  skipped: '–',
  'not-reached': '–',
  inconclusive: '?',
  'over-forgotten': '✗',
  residual: '✗',
  incomplete: '✗',
  tampered: '✗',
}

export function describeCheck(
  check: Check,
  refusal: VerificationReport['refusal'],
  language: Language,
): DescribedCheck {
  const words = wordsOf(language)
  return {
    mark: marks[check.outcome],
    title: words.checks[check.id].title,
    outcome: words.outcomes[check.outcome],
    sentences: sentencesOf(check, refusal, language),
  }
}

function sentencesOf(check: Check, refusal: VerificationReport['refusal'], language: Language): string[] {
  const words = wordsOf(language)
  const { verified, skipped } = words.checks[check.id]
  if (check.outcome === 'not-reached') return [words.notReached]
  if (check.outcome === 'skipped') return [skipped]
  if (check.outcome === 'verified') return [verified(check.facts)]
  if (check.findings.length > 0)
    return check.findings.map(({ code, where, what }) => `${where}: ${words.findings[code](what ?? '')}`)
  if (refusal === null) return []
  // The refusal itself names what is meant, in English.
  const known = words.refusals as Readonly<Record<string, string>>
  const sentence = language === 'en' ? refusal.message : (known[refusal.code] ?? refusal.message)
  return [`${sentence} [${refusal.code}${refusal.where === undefined ? '' : `, ${refusal.where}`}]`]
}
