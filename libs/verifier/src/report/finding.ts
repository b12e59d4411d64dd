/** What a check, and a whole bundle, can come to, from harmless to grave. */
export const outcomes = ['verified', 'inconclusive', 'over-forgotten', 'residual', 'incomplete', 'tampered'] as const
export type Outcome = (typeof outcomes)[number]

/** Exit codes of `lethe verify`; 1 is left for wrong usage. */
export const exitCodes: Readonly<Record<Outcome, 0 | 2 | 4 | 5 | 6>> = {
  verified: 0,
  inconclusive: 2,
  'over-forgotten': 5,
  residual: 5,
  incomplete: 6,
  tampered: 4,
}

/** Everything that can be wrong with what could be read, and how grave it is. */
export const gravities = {
  FILE_MISSING: 'tampered',
  FILE_STRAY: 'tampered',
  FILE_CHANGED: 'tampered',
  KEY_UNTRUSTED: 'tampered',
  SIGNATURE_MISSING: 'tampered',
  SIGNATURE_INVALID: 'tampered',
  ENVELOPE_MALFORMED: 'tampered',
  STATEMENT_MALFORMED: 'tampered',
  STATEMENT_MISPLACED: 'tampered',
  PROOFS_MALFORMED: 'tampered',
  PROOF_MISSING: 'tampered',
  PROOF_STRAY: 'tampered',
  LEAF_MISMATCH: 'tampered',
  ROOT_MISMATCH: 'tampered',
  CHECKPOINT_MALFORMED: 'tampered',
  CHECKPOINT_MISMATCH: 'tampered',
  WITNESS_ABSENT: 'incomplete',
  ROTATION_CONTRADICTED: 'tampered',
  REQUEST_MISSING: 'incomplete',
  REQUEST_MISMATCH: 'tampered',
  REQUEST_OPEN: 'incomplete',
  ENTRY_MISSING: 'incomplete',
  ENTRY_REPEATED: 'tampered',
  ENTRY_DISORDERED: 'tampered',
  AUDIT_MISSING: 'incomplete',
  AUDIT_REPEATED: 'tampered',
  AUDIT_LIST_DIFFERS: 'tampered',
  AUDIT_FILE_MISSING: 'incomplete',
  AUDIT_FILE_STRAY: 'tampered',
  AUDIT_FILE_DIFFERS: 'tampered',
  PLAN_MISSING: 'incomplete',
  PLAN_LATE: 'tampered',
  POLICY_CHANGED: 'tampered',
  POLICY_DIGEST_WRONG: 'tampered',
  APPROVALS_MISSING: 'incomplete',
  AUDIT_UNPLANNED: 'tampered',
  REPORT_MALFORMED: 'tampered',
  REPORT_DIFFERS: 'tampered',
  REPORT_NOT_REPEATABLE: 'incomplete',
  AUDIT_DATA_MALFORMED: 'tampered',
  STATEMENT_DIFFERS: 'tampered',
  MATRICES_DIFFER: 'tampered',
  PAGE_DIFFERS: 'tampered',
  VERDICT_INCONCLUSIVE: 'inconclusive',
  VERDICT_OVER_FORGOTTEN: 'over-forgotten',
  VERDICT_RESIDUAL: 'residual',
  CLOCK_MISSING: 'incomplete',
  CLOCK_MALFORMED: 'tampered',
  CLOCK_RULE_CHANGED: 'tampered',
  DUE_DATE_DIFFERS: 'tampered',
  CLOSURE_MISSING: 'incomplete',
  CLOSURE_LATE: 'tampered',
  NOT_COVERED: 'incomplete',
  RECEIPT_MISSING: 'incomplete',
  THING_UNASSESSED: 'incomplete',
  WEIGHTS_DIFFER: 'tampered',
  MODEL_STATEMENT_MISSING: 'incomplete',
  MODEL_KEY_NOT_GIVEN: 'incomplete',
  MODEL_SIGNATURE_MALFORMED: 'tampered',
  MODEL_SIGNATURE_MISSING: 'incomplete',
  MODEL_FILES_DIFFER: 'tampered',
  BOM_MISSING: 'incomplete',
  BOM_MALFORMED: 'tampered',
  BOM_DIFFERS: 'tampered',
  TIME_IN_FUTURE: 'tampered',
  TIME_DISORDERED: 'tampered',
  OPENING_DIFFERS: 'tampered',
  ENTRIES_ABSENT: 'incomplete',
  PROOF_NOT_ASKED: 'incomplete',
  ENTRY_MALFORMED: 'tampered',
  EXPORT_CUT: 'incomplete',
  EXPORT_DISORDERED: 'tampered',
  TREE_MISMATCH: 'tampered',
  ROWS_CUT: 'incomplete',
  ROW_CHANGED: 'tampered',
  ROWS_MISSING: 'tampered',
  ROWS_ADDED: 'tampered',
  ROWS_MISCOUNTED: 'tampered',
  ROWS_DIGEST_DIFFERS: 'tampered',
  EXPORT_KEY_NOT_GIVEN: 'incomplete',
  TENANT_UNTRUSTED: 'tampered',
} as const satisfies Readonly<Record<string, Exclude<Outcome, 'verified'>>>

export type FindingCode = keyof typeof gravities

/** Something that is wrong, at one place. */
export interface Finding {
  readonly code: FindingCode
  /** File of the bundle, with what in it is meant after `#`. */
  readonly where: string
  /** What the sentence says besides: a number, a date, a path in a report. */
  readonly what?: string | undefined
}

export const finding = (code: FindingCode, where: string, what?: string | number): Finding => ({
  code,
  where,
  ...(what === undefined ? {} : { what: String(what) }),
})

/** Of a bundle, in the order in which they are shown. */
export const checkIds = [
  'archive',
  'manifest',
  'manifest-signature',
  'statements',
  'inclusion',
  'checkpoint',
  'witnesses',
  'key-rotation',
  'times',
  'request-entries',
  'pre-registration',
  'audits',
  'statistics',
  'matrices',
  'pages',
  'verdict',
  'due-date',
  'models',
  'model-signatures',
  'bom',
  'closure',
  'opening',
] as const
/** Of entries that were saved from the API: an answer, or an export. */
export const entryCheckIds = ['answer', 'export', 'entries', 'inclusion', 'checkpoint', 'witnesses', 'times'] as const
/** Of an export of rows. */
export const rowCheckIds = ['rows', 'rows-signature', 'times'] as const
export type CheckId = (typeof checkIds)[number] | (typeof entryCheckIds)[number] | (typeof rowCheckIds)[number]

/** What a check found, and what its sentence can say when it found nothing wrong. */
export interface CheckResult {
  readonly findings: readonly Finding[]
  readonly facts?: Facts
  /** There was nothing to check: the reader gave, or the bundle has, nothing of this kind. */
  readonly isSkipped?: boolean
}

export type Facts = Readonly<Record<string, string | number>>

/** What no check can show, as stable codes: of a bundle, and of entries alone. */
export const limitCodes = [
  'later-entries',
  'other-views',
  'own-times',
  'weights-not-seen',
  'answers-of-the-provider',
  'margins',
  'copies-elsewhere',
  'pages-not-checked',
] as const
export const entryLimitCodes = ['selection', 'later-heads', 'other-views', 'own-times', 'entries-alone'] as const
export const rowLimitCodes = ['rows-of-the-moment', 'rows-not-in-log', 'own-times'] as const
export type LimitCode = (typeof limitCodes)[number] | (typeof entryLimitCodes)[number] | (typeof rowLimitCodes)[number]
