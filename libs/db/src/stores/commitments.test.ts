import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { commitToForgetSet, commitToSubject } from '@lethe/domain'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '../migrate.js'
import { newId } from '../new-id.js'
import { startTestDatabase, type TestDatabase } from '../testing/test-database.js'
import { commitmentsOf, commitToRequest, shredSalt } from './commitments.js'

const migrations = path.resolve(import.meta.dirname, '../../../../prisma/migrations')
const commitments = '20261128190500_commitments'

let test: TestDatabase
let scratch: string
beforeAll(async () => {
  test = await startTestDatabase()
  scratch = mkdtempSync(path.join(tmpdir(), 'lethe-commitments-test-'))
})
afterAll(async () => {
  await test.stop()
  rmSync(scratch, { recursive: true, force: true })
})

/** The migrations that came before commitments did. */
function earlierMigrations(): string {
  for (const name of readdirSync(migrations))
    if (name < commitments || name.endsWith('.toml'))
      cpSync(path.join(migrations, name), path.join(scratch, name), { recursive: true })
  return scratch
}

it('what was there before gets a salt for each person and the commitments that the code makes, in a database whose owner is no superuser', async () => {
  await test.owner.query("CREATE ROLE plain_owner LOGIN CREATEROLE PASSWORD 'plain'")
  await test.owner.query('GRANT lethe_platform TO plain_owner WITH ADMIN OPTION')
  for (const login of ['lethe_gateway', 'lethe_registrar', 'lethe_auth'])
    await test.owner.query(`GRANT ${login} TO plain_owner WITH ADMIN OPTION`)
  await test.owner.query('CREATE DATABASE older OWNER plain_owner')
  const ownerUrl = test.ownerUrl.replace(/\/\/[^@]*@/, '//plain_owner:plain@').replace(/lethe$/, 'older')
  await migrate({ ownerUrl, folder: earlierMigrations() })
  const superuser = new pg.Pool({ connectionString: test.ownerUrl.replace(/lethe$/, 'older'), max: 1 })
  const tenantId = newId()
  const subjectKeys = ['ruth', '客様 4711', 'o’hara']
  for (const [number, subjectKey] of subjectKeys.entries()) {
    const ownerId = newId()
    await superuser.query('INSERT INTO data_owner (id, tenant_id, subject_key) VALUES ($1, $2, $3)', [
      ownerId,
      tenantId,
      subjectKey,
    ])
    await superuser.query(
      `INSERT INTO erasure_request (id, tenant_id, number, owner_id, ground, requested_by, forget_digest, forget_size,
         forget_count, received_at) VALUES ($1, $2, $3, $4, 'g', $4, $5, 1, 1, now())`,
      [newId(), tenantId, number + 1, ownerId, `${number}a`.repeat(32)],
    )
  }
  expect(await migrate({ ownerUrl })).toContain(commitments)
  const { rows } = await superuser.query<Record<string, string> & { salt: Buffer }>(
    `SELECT o.subject_key, r.forget_digest, r.subject_commitment, r.forget_set_commitment, s.salt
     FROM erasure_request r JOIN data_owner o ON o.id = r.owner_id JOIN subject_salt s ON s.owner_id = o.id`,
  )
  await superuser.end()
  expect(rows.map((row) => row['subject_key']).sort()).toEqual([...subjectKeys].sort())
  expect(new Set(rows.map(({ salt }) => salt.toString('hex'))).size).toBe(subjectKeys.length)
  for (const { salt, ...row } of rows) {
    expect(row['subject_commitment']).toBe(commitToSubject(salt, row['subject_key'] ?? ''))
    expect(row['forget_set_commitment']).toBe(commitToForgetSet(salt, row['forget_digest'] ?? ''))
  }
})

it('nobody shreds what is being committed to: whoever comes second waits, and a request that then stands keeps its salt', async () => {
  const tenantId = await test.createTenant()
  const gateway = (await test.open('gateway')).forTenant(tenantId)
  const ownerId = newId()
  await gateway.dataOwner.create({ data: { id: ownerId, tenantId, subjectKey: 'ruth' } })
  const forgetDigest = 'ab'.repeat(32)
  let shredding: Promise<unknown> = Promise.resolve()
  await gateway.$transaction(async (tx) => {
    const made = await commitToRequest(tx, { tenantId, ownerId, forgetDigest })
    shredding = gateway
      .$transaction((other) => shredSalt(other, { tenantId, ownerId, now: new Date() }))
      .catch((error: unknown) => error)
    await tx.erasureRequest.create({
      data: {
        id: newId(),
        tenantId,
        number: 1,
        ownerId,
        ground: 'g',
        requestedBy: ownerId,
        forgetDigest,
        forgetSize: 1,
        forgetCount: 1,
        ...made,
        receivedAt: new Date(),
      },
    })
  })
  expect(await shredding).toMatchObject({ code: 'SUBJECT_HAS_OPEN_REQUEST' })
  const request = await gateway.erasureRequest.findFirstOrThrow()
  expect(await commitmentsOf(gateway, tenantId, [forgetDigest])).toEqual([request.forgetSetCommitment])
  await expect(commitmentsOf(gateway, tenantId, ['cd'.repeat(32)])).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
