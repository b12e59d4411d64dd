import type { CheckId, Facts, FindingCode, LimitCode, Outcome } from '../report/finding.js'
import type { VerifierErrorCode } from '../verifier-error.js'
import { english } from './english.js'
import { japanese } from './japanese.js'

export const languages = ['en', 'ja'] as const
export type Language = (typeof languages)[number]

export interface CheckWords {
  readonly title: string
  /** When nothing was found wrong. */
  readonly verified: (facts: Facts) => string
  /** When there was nothing to check. */
  readonly skipped: string
}

/** Every sentence of a report, by the closed sets of its codes. */
export interface Words {
  readonly outcomes: Readonly<Record<Outcome | 'skipped' | 'not-reached', string>>
  readonly summary: Readonly<Record<Outcome, string>>
  readonly checks: Readonly<Record<CheckId, CheckWords>>
  /** Without the file, which stands before it. `what`: see `Finding`. */
  readonly findings: Readonly<Record<FindingCode, (what: string) => string>>
  /** Bytes that could not be read at all, and what the reader brought that cannot be read. */
  readonly refusals: Readonly<Record<VerifierErrorCode, string>>
  readonly limits: Readonly<Record<LimitCode, string>>
  readonly notProven: string
  readonly auditLimits: (codes: string) => string
  readonly more: (count: number) => string
  readonly notReached: string
}

const all: Readonly<Record<Language, Words>> = { en: english, ja: japanese }

export const wordsOf = (language: Language): Words => all[language]
