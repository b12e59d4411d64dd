export { type Opening, parseOpening } from './opening/opening.js'
export {
  checkIds,
  type CheckId,
  type Finding,
  type FindingCode,
  type LimitCode,
  type Outcome,
} from './report/finding.js'
export { describeCheck, type DescribedCheck } from './report/describe-check.js'
export type { Check, Refusal, VerificationReport } from './report/verification-report.js'
export { parseTrustRoots, type TrustRoots } from './trust/trust-roots.js'
export type { VerifierErrorCode } from './verifier-error.js'
export { type BundleContents, type Verification, verifyBundle } from './verify-bundle.js'
export { verifyEvidence } from './verify-evidence.js'
export { languages, type Language, wordsOf, type Words } from './words/words.js'
