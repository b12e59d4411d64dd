import { isDomainError } from '@lethe/domain'
import { readArchive } from './archive/read-archive.js'
import { readBundle, type Bundle } from './bundle/read-bundle.js'
import type { Case, CheckOfCase } from './checks/case.js'
import { checkAudits, checkMatrices, checkStatistics } from './checks/check-audits.js'
import { checkBom } from './checks/check-bom.js'
import { checkClosure } from './checks/check-closure.js'
import { checkDueDate } from './checks/check-due-date.js'
import { checkCheckpoint, checkInclusion, checkKeyRotation, checkWitnesses } from './checks/check-log.js'
import { checkManifest, checkManifestSignature } from './checks/check-manifest.js'
import { checkModels, checkModelSignatures } from './checks/check-models.js'
import { checkOpening } from './checks/check-opening.js'
import { checkPages } from './checks/check-pages.js'
import { checkPreRegistration } from './checks/check-pre-registration.js'
import { checkRequestEntries } from './checks/check-request.js'
import { checkStatements } from './checks/check-statements.js'
import { checkTimes } from './checks/check-times.js'
import { checkVerdict } from './checks/check-verdict.js'
import { judgeAudits } from './checks/judge-audits.js'
import { assertCryptography } from './crypto/assert-cryptography.js'
import type { Opening } from './opening/opening.js'
import { type CheckId, checkIds, type LimitCode, limitCodes } from './report/finding.js'
import { type Check, checkOf, refusedReport, reportOf, type VerificationReport } from './report/verification-report.js'
import type { TrustRoots } from './trust/trust-roots.js'

export interface Verification {
  readonly report: VerificationReport
  /** What the bundle is about, and its matrices as computed here; null where it could not be read. */
  readonly contents: BundleContents | null
}

export interface BundleContents {
  readonly origin: string
  readonly number: number
  readonly createdAt: string
  /** By number: the verdict and the alignment matrices (safetensors) that the kept data give. */
  readonly audits: readonly { readonly number: number; readonly verdict: string; readonly matrices: Uint8Array }[]
}

/** The archive itself is read before any of these. */
const checks: Readonly<Record<Exclude<(typeof checkIds)[number], 'archive'>, CheckOfCase>> = {
  manifest: checkManifest,
  'manifest-signature': checkManifestSignature,
  statements: checkStatements,
  inclusion: checkInclusion,
  checkpoint: checkCheckpoint,
  witnesses: checkWitnesses,
  'key-rotation': checkKeyRotation,
  times: checkTimes,
  'request-entries': checkRequestEntries,
  'pre-registration': checkPreRegistration,
  audits: checkAudits,
  statistics: checkStatistics,
  matrices: checkMatrices,
  pages: checkPages,
  verdict: checkVerdict,
  'due-date': checkDueDate,
  models: checkModels,
  'model-signatures': checkModelSignatures,
  bom: checkBom,
  closure: checkClosure,
  opening: checkOpening,
}

/**
 * Verifies an evidence bundle from its bytes, the keys that the reader trusts and the reader's present, and from nothing else:
 * no file, network or clock is touched, nothing in the bundle is executed, and no key in it is believed.
 *
 * @throws DomainError CRYPTO_UNAVAILABLE. Whatever the bytes are, they give a report.
 */
export async function verifyBundle(
  bytes: Uint8Array,
  reader: { trust: TrustRoots; at: Date; opening?: Opening | undefined },
): Promise<Verification> {
  await assertCryptography()
  let reached: 'archive' | 'manifest' = 'archive'
  let bundle: Bundle
  try {
    const files = readArchive(bytes)
    reached = 'manifest'
    bundle = readBundle(files)
  } catch (error) {
    if (!isDomainError(error)) throw error
    const { code, message, field } = error
    const refusal = { code, message, ...(field === undefined ? {} : { where: field }) }
    return { report: refusedReport(checkIds, reached, refusal), contents: null }
  }
  return examine(await caseOf(bundle, reader))
}

async function caseOf(
  bundle: Bundle,
  { trust, at, opening }: { trust: TrustRoots; at: Date; opening?: Opening | undefined },
): Promise<Case> {
  const keys = trust.logs.filter(({ name }) => name === bundle.manifest.origin)
  return { bundle, trust, keys, at, opening: opening ?? null, audits: await judgeAudits(bundle, keys) }
}

async function examine(of: Case): Promise<Verification> {
  const done = [checkOf('archive', { findings: [], facts: { files: of.bundle.files.size } })]
  for (const [id, check] of Object.entries(checks) as [CheckId, CheckOfCase][]) done.push(checkOf(id, await check(of)))
  const { origin, number, createdAt } = of.bundle.manifest
  return {
    report: reportOf({ checks: done, limits: limitsOf(done), auditLimits: auditLimitsOf(of) }),
    contents: {
      origin,
      number,
      createdAt,
      audits: of.audits.flatMap(({ statement, recomputed }) =>
        recomputed === null
          ? []
          : [{ number: statement.predicate.number, verdict: recomputed.report.verdict, matrices: recomputed.matrices }],
      ),
    },
  }
}

/** Pages are a limit where some were not rendered anew. */
function limitsOf(done: readonly Check[]): LimitCode[] {
  const pages = done.find(({ id }) => id === 'pages')
  const areChecked = pages?.outcome === 'verified' && pages.facts['others'] === 0
  return limitCodes.filter((code) => !(areChecked && code === 'pages-not-checked'))
}

/** What the audits themselves say that they do not prove. */
const auditLimitsOf = ({ audits }: Case): string[] => [
  ...new Set(audits.flatMap(({ statement }) => statement.predicate.limits)),
]
