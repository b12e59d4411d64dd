import { commitToForgetSet, commitToOwnerKey, commitToSubject, type ErasureState, isFinal } from '@lethe/domain'
import type { Database, Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { DataOwner } from '../generated/client.js'

interface Owner {
  readonly tenantId: string
  readonly ownerId: string
}

/** The salt's row is held until the transaction ends, so that nobody shreds what is being committed to. */
async function lockSalt(tx: Tx, { tenantId, ownerId }: Owner): Promise<{ owner: DataOwner; salt: Uint8Array | null }> {
  await tx.$queryRaw`
    SELECT 1 FROM subject_salt WHERE tenant_id = ${tenantId}::uuid AND owner_id = ${ownerId}::uuid FOR UPDATE`
  const owner = await tx.dataOwner.findUnique({
    where: { tenantId_id: { tenantId, id: ownerId } },
    include: { salt: true },
  })
  if (!owner) throw databaseError('NOT_FOUND', 'There is no such data owner.', 'ownerId')
  return { owner, salt: owner.salt?.salt ?? null }
}

/**
 * What evidence of a new request names the person and the forget set by. A person whose salt was shredded gets a new
 * one: what was on record before stays closed.
 *
 * @throws DomainError NOT_FOUND
 */
export async function commitToRequest(
  tx: Tx,
  input: Owner & { forgetDigest: string },
): Promise<{ subjectCommitment: string; forgetSetCommitment: string }> {
  const { owner, salt: present } = await lockSalt(tx, input)
  const salt = present ?? (await renewSalt(tx, input))
  return {
    subjectCommitment: commitToSubject(salt, owner.subjectKey),
    forgetSetCommitment: commitToForgetSet(salt, input.forgetDigest),
  }
}

/** The database draws the salt itself, whatever it is given. */
async function renewSalt(tx: Tx, { tenantId, ownerId }: Owner): Promise<Uint8Array> {
  const rows = await tx.$queryRaw<{ salt: Uint8Array }[]>`
    UPDATE subject_salt SET salt = DEFAULT, shredded_at = NULL
    WHERE tenant_id = ${tenantId}::uuid AND owner_id = ${ownerId}::uuid
    RETURNING salt`
  const row = rows[0]
  if (!row) throw databaseError('NOT_FOUND', 'The data owner has no salt.', 'ownerId')
  return row.salt
}

/** Names the key by which a data owner signs their own audits. @throws DomainError NOT_FOUND, SUBJECT_SHREDDED */
export async function commitToKeyOfOwner(tx: Tx, input: Owner & { verifierKey: string }): Promise<string> {
  return commitToOwnerKey(await readSalt(tx, input), input.verifierKey)
}

/** @throws DomainError NOT_FOUND, SUBJECT_SHREDDED when the salt was destroyed */
export async function readSalt(tx: Tx, { tenantId, ownerId }: Owner): Promise<Uint8Array> {
  const row = await tx.subjectSalt.findUnique({ where: { tenantId_ownerId: { tenantId, ownerId } } })
  if (!row) throw databaseError('NOT_FOUND', 'There is no such data owner.', 'ownerId')
  if (row.salt === null)
    throw databaseError('SUBJECT_SHREDDED', 'The salt was destroyed; what it committed to cannot be opened any more.')
  return row.salt
}

/**
 * Destroys a data owner's salt: commitments to this person and their forget sets can never be opened again. The row of
 * the old salt leaves the file when the table is written anew (forgetShreddedSalts).
 *
 * @returns the commitment that names the person in evidence, to be put on record in the same transaction
 * @throws DomainError NOT_FOUND, SUBJECT_SHREDDED, SUBJECT_HAS_OPEN_REQUEST
 */
export async function shredSalt(tx: Tx, input: Owner & { now: Date }): Promise<{ subjectCommitment: string }> {
  const { tenantId, ownerId, now } = input
  const { owner, salt } = await lockSalt(tx, input)
  if (salt === null) throw databaseError('SUBJECT_SHREDDED', 'The salt of this data owner was destroyed already.')
  const requests = await tx.erasureRequest.findMany({
    where: { tenantId, ownerId },
    select: { number: true, state: true },
    orderBy: { number: 'asc' },
  })
  const open = requests.filter(({ state }) => !isFinal(state as ErasureState)).map(({ number }) => number)
  if (open.length > 0)
    throw databaseError(
      'SUBJECT_HAS_OPEN_REQUEST',
      `Request ${open.join(', ')} of this person is open and needs the salt; close it first.`,
    )
  await tx.subjectSalt.update({
    where: { tenantId_ownerId: { tenantId, ownerId } },
    data: { salt: null, shreddedAt: now },
  })
  return { subjectCommitment: commitToSubject(salt, owner.subjectKey) }
}

/**
 * Writes the table of salts anew, so that destroyed ones leave its file too, as far as the database lets this login
 * (PostgreSQL 17 and later). The write-ahead log and backups keep them until they are recycled.
 */
export async function forgetShreddedSalts({ pool }: Pick<Database, 'pool'>): Promise<void> {
  await pool.query('VACUUM (FULL) subject_salt')
}

/** Forget sets in evidence: of each digest the commitment of the newest request that froze it, in the given order. */
export async function commitmentsOf(tx: Tx, tenantId: string, digests: readonly string[]): Promise<string[]> {
  const requests = await tx.erasureRequest.findMany({
    where: { tenantId, forgetDigest: { in: [...digests] } },
    select: { forgetDigest: true, forgetSetCommitment: true },
    orderBy: { number: 'asc' },
  })
  const byDigest = new Map(requests.map((row) => [row.forgetDigest, row.forgetSetCommitment]))
  return digests.map((digest) => {
    const commitment = byDigest.get(digest)
    if (commitment === undefined)
      throw databaseError('NOT_FOUND', 'A version leaves out a forget set that no request froze.', 'excluded')
    return commitment
  })
}
