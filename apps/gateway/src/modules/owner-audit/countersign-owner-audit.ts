import { commitToKeyOfOwner, newId, type Tx } from '@lethe/db'
import { DomainError, isDomainError, type EvidenceEntry } from '@lethe/domain'
import { encodeVerifier, parseVerifier, verifyOwnerAudit } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { findRequest } from '../erasure/find-request.js'

const kind = 'owner-audit-countersigned/v1' as const

export interface OwnerAuditSubmission {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly envelope: unknown
  readonly result: string
  readonly verifierKey: string
}

/**
 * Records an owner's audit whose signature and digests are in order: its verdict, digests, and which of the tenant's model
 * versions have the weights that its endpoints stated. A result that is on record for the request already stays as it is.
 * @returns id of the countersignature. @throws DomainError NOT_FOUND, and what `verifyOwnerAudit` throws.
 */
export const countersignOwnerAudit = (scope: Scope, input: OwnerAuditSubmission): Promise<string> =>
  runOnce(scope, 'countersignOwnerAudit', input, async (tx, now) => {
    const { tenantId } = scope
    const { id: erasureRequestId, ownerId } = await findRequest(tx, scope, input.erasureRequestId)
    const { owner, statement, bodyDigest } = verifySubmission(input)
    const { predicate, subject } = statement
    const [result, matrices] = subject
    const earlier = await findCountersignature(tx, erasureRequestId, 'resultDigest', result.digest.sha256)
    if (earlier !== null) return { id: earlier, evidence: [] }
    const id = newId(now.getTime())
    const countersigned: EvidenceEntry = {
      kind,
      subjects: [result, matrices],
      erasureRequestId,
      predicate: {
        countersignatureId: id,
        verdict: predicate.verdict,
        statementDigest: bodyDigest,
        resultDigest: result.digest.sha256,
        matricesDigest: matrices.digest.sha256,
        policyDigest: predicate.policyDigest,
        planDigest: predicate.planDigest,
        answersDigest: predicate.answersDigest,
        tests: predicate.tests,
        before: await versionWith(tx, predicate.weights.before),
        after: await versionWith(tx, predicate.weights.after),
        ownerKeyCommitment: await commitToKeyOfOwner(tx, { tenantId, ownerId, verifierKey: encodeVerifier(owner) }),
        presentedBy: scope.services.commitToPerson(scope.viewer),
      },
    }
    return { id, evidence: [countersigned] }
  })

function verifySubmission({ envelope, result, verifierKey }: OwnerAuditSubmission) {
  try {
    const owner = parseVerifier(verifierKey.trim())
    return { owner, ...verifyOwnerAudit(envelope, result, owner) }
  } catch (error) {
    if (!isDomainError(error)) throw error
    const field = error.code === 'KEY_MALFORMED' ? 'verifierKey' : (error.field ?? 'envelope')
    throw new DomainError(error.code, error.message, `input.${field}`)
  }
}

/** The tenant's version with these weights; null where there is none, or the endpoint stated none. */
async function versionWith(tx: Tx, weightsDigest: string | null): Promise<string | null> {
  if (weightsDigest === null) return null
  const version = await tx.modelVersion.findFirst({ where: { weightsDigest }, orderBy: { id: 'asc' } })
  return version?.id ?? null
}

async function findCountersignature(
  tx: Pick<Tx, 'evidence'>,
  requestId: string,
  member: string,
  value: string,
): Promise<string | null> {
  const row = await tx.evidence.findFirst({
    where: { requestId, kind, payload: { path: ['predicate', member], equals: value } },
  })
  const payload = row?.payload as { predicate?: { countersignatureId?: string } } | null | undefined
  return payload?.predicate?.countersignatureId ?? null
}

/** The evidence of a countersignature. */
export const countersignatureEvidence = ({ db }: Scope, requestId: string, id: string) =>
  db.evidence.findFirst({
    where: { requestId, kind, payload: { path: ['predicate', 'countersignatureId'], equals: id } },
  })
