import { forgetShreddedSalts, shredSalt, type Tx } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { runOnce } from '../../graphql/run-once.js'

export interface ShredSubject {
  readonly idempotencyKey: string
  readonly subjectKey?: string | null
  readonly ownerId?: string | null
}

/**
 * Destroys the salt of a data subject for good: what evidence commits to of this person can never be opened again, and
 * every proof still verifies.
 *
 * @returns the commitment that can no longer be opened
 * @throws DomainError SELECTION_INVALID, UNKNOWN_SUBJECT, SUBJECT_SHREDDED, SUBJECT_HAS_OPEN_REQUEST
 */
export async function shredSubject(scope: Scope, input: ShredSubject): Promise<string> {
  const commitment = await runOnce(scope, 'shredSubject', input, async (tx, now) => {
    const { tenantId } = scope
    const ownerId = await findOwner(tx, input)
    const { subjectCommitment } = await shredSalt(tx, { tenantId, ownerId, now })
    const shredded: EvidenceEntry = {
      kind: 'subject-shredded/v1',
      subjects: [],
      predicate: { subjectCommitment, shreddedBy: scope.services.commitToPerson(scope.viewer) },
    }
    return { id: subjectCommitment, evidence: [shredded] }
  })
  await forgetShreddedSalts(scope.services.db)
  return commitment
}

async function findOwner(tx: Tx, { subjectKey, ownerId }: ShredSubject): Promise<string> {
  if ((subjectKey == null) === (ownerId == null))
    throw new DomainError('SELECTION_INVALID', 'Give either a subject key or an owner id, and not both.', 'input')
  const owner =
    subjectKey != null
      ? await tx.dataOwner.findFirst({ where: { subjectKey } })
      : ownerId != null && isUuid(ownerId)
        ? await tx.dataOwner.findFirst({ where: { id: ownerId } })
        : null
  if (owner !== null) return owner.id
  const field = subjectKey != null ? 'input.subjectKey' : 'input.ownerId'
  throw new DomainError('UNKNOWN_SUBJECT', 'Nobody is known by this; check its spelling.', field)
}

/** The evidence of a shredding, by the commitment that it closed. */
export const shreddingEvidence = ({ db }: Scope, subjectCommitment: string) =>
  db.evidence.findFirst({
    where: {
      kind: 'subject-shredded/v1',
      payload: { path: ['predicate', 'subjectCommitment'], equals: subjectCommitment },
    },
  })
