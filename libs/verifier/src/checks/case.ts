import type { AuditReport, EvidenceKind } from '@lethe/domain'
import type { Bundle } from '../bundle/read-bundle.js'
import { ofKind, type Statement } from '../bundle/statement.js'
import type { Opening } from '../opening/opening.js'
import type { CheckResult, Finding } from '../report/finding.js'
import type { TrustRoots } from '../trust/trust-roots.js'
import type { VerifierKey } from '../trust/verifier-key.js'

/** A bundle before the court: what it holds, and what its reader brought. */
export interface Case {
  readonly bundle: Bundle
  readonly trust: TrustRoots
  /** Trusted keys of the log that the bundle names. */
  readonly keys: readonly VerifierKey[]
  /** The reader's present. */
  readonly at: Date
  readonly opening: Opening | null
  /** By number: what each audit's kept data come to. */
  readonly audits: readonly JudgedAudit[]
}

/** An audit that is on record, its report, and the report that its data give. */
export interface JudgedAudit {
  readonly statement: Statement<'audit-completed/v1'>
  /** As the bundle states it; null where it is missing or malformed. */
  readonly stated: AuditReport | null
  /** Null where there are no data, or none that can be read. */
  readonly recomputed: { readonly report: AuditReport; readonly matrices: Uint8Array } | null
  readonly findings: readonly Finding[]
}

export type CheckOfCase = (of: Case) => CheckResult | Promise<CheckResult>

/** Statements of this very request, in the order of the log. */
export const ownStatements = ({ bundle }: Case): readonly Statement[] =>
  bundle.statements.filter(({ recorded }) => recorded.erasureRequestId === bundle.manifest.erasureRequestId)

export const ownOfKind = <Kind extends EvidenceKind>(of: Case, kind: Kind): Statement<Kind>[] =>
  ofKind(ownStatements(of), kind)

/** How the request was closed, or undefined while it is open. */
export const closingOf = (of: Case): Statement<'erasure-closed/v1'> | undefined =>
  ownOfKind(of, 'erasure-closed/v1').at(-1)
