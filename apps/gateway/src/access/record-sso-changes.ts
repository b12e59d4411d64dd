import { recordEntries, type SsoChange, type Tx } from '@lethe/db'
import { type EvidenceEntry, Role, SsoChangeKind } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'
import type { Services } from '../services.js'

interface Recording extends Pick<Services, 'commitToPerson' | 'commitToName' | 'now'> {
  readonly tenantId: string
  readonly most: number
}

/** Oldest first, at most so many; what nobody is named for was done past the API. @returns how many */
export async function recordSsoChanges(tx: Tx, recording: Recording): Promise<number> {
  const { tenantId, most, now } = recording
  const changes = await tx.ssoChange.findMany({
    where: { tenantId, evidenceSeq: null },
    orderBy: { number: 'asc' },
    take: most,
  })
  const entries = changes.map((change) => entryOf(change, recording))
  const numbers = await recordEntries(tx, { tenantId, entries, now: now() }, statementOf)
  for (const [i, { id }] of changes.entries())
    await tx.ssoChange.updateMany({ where: { id }, data: { evidenceSeq: numbers[i] ?? null } })
  return changes.length
}

/** Nothing of the client, whose secret would let others sign people in. */
const entryOf = (change: SsoChange, { commitToPerson, commitToName }: Recording): EvidenceEntry => {
  const { tenantId, providerId, issuer, domain, newcomerRole, actorId, at } = change
  return {
    kind: 'sso-provider-changed/v1',
    subjects: [],
    predicate: {
      change: SsoChangeKind.parse(change.change),
      providerId,
      issuer: commitToName({ tenantId, name: issuer }),
      domain: commitToName({ tenantId, name: domain }),
      newcomerRole: Role.nullable().parse(newcomerRole),
      changedBy: actorId === null ? null : commitToPerson({ tenantId, userId: actorId }),
      effectiveAt: at.toISOString(),
    },
  }
}
