import { type Check, describeCheck, type Language, type Verification, wordsOf } from '@lethe/verifier'
import { wrap } from './wrap.js'

/** More of one check say little that the first do not. */
const MOST_FINDINGS = 12
const NARROWEST = 40
const WIDEST = 110

/** A report for a terminal of so many columns. Texts out of a bundle cannot steer the terminal. */
export function printReport({ report, contents }: Verification, language: Language, columns: number): string {
  const words = wordsOf(language)
  const width = Math.max(NARROWEST, Math.min(columns, WIDEST))
  const about = contents === null ? [] : [`#${contents.number}  ${contents.origin}  ${contents.createdAt}`, '']
  const limits = [
    ...report.limits.map((limit) => words.limits[limit]),
    ...(report.auditLimits.length > 0 ? [words.auditLimits(report.auditLimits.join(', '))] : []),
  ]
  const lines = [
    ...about,
    ...report.checks.flatMap((check) => checkLines(check, report.refusal, language)),
    '',
    words.summary[report.outcome],
    ...(report.limits.length > 0 ? ['', words.notProven, ...limits.map((limit) => `· ${limit}`)] : []),
  ]
  return `${lines.flatMap((line) => wrap(harmless(line), width, indentOf(line))).join('\n')}\n`
}

function checkLines(check: Check, refusal: Verification['report']['refusal'], language: Language): string[] {
  const { mark, title, outcome, sentences } = describeCheck(check, refusal, language)
  const head = `${mark} ${title}`
  if (check.findings.length === 0) return [`${head}: ${sentences[0] ?? outcome}`]
  const rest = sentences.length - MOST_FINDINGS
  return [
    `${head}: ${outcome}`,
    ...sentences.slice(0, MOST_FINDINGS).map((sentence) => `    ${sentence}`),
    ...(rest > 0 ? [`    ${wordsOf(language).more(rest)}`] : []),
  ]
}

/** Lines that go on stand below their words, not below their mark. */
const indentOf = (line: string): string => (line.startsWith('    ') ? '      ' : /^[✓✗?–·] /.test(line) ? '  ' : '')

/** Control and formatting characters are shown as a question mark. */
const harmless = (line: string): string => line.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '?')
