import { beginBundle, queueBundle } from '@lethe/db'
import { AuditPolicy, Digest, sha256 } from '@lethe/domain'
import {
  cosign,
  type Statement,
  verifyCosignatures,
  verifyEnvelope,
  verifyLogCheckpoint,
  witnessFromPrivateKey,
  writeBundle,
} from '@lethe/ledger'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesOf } from '../../../../test/kit/bundle/read-archive.js'
import { type Candidate, smallAudit } from '../../../../test/kit/bundle/small-audit.js'
import { recordResult } from '../results/record-result.js'
import { redacted } from '../testing/erase.js'
import { audited, trained } from '../testing/results.js'
import { type Rig, startRig, until } from '../testing/rig.js'
import { approveErasure, createDataset, createProductionModel, ingested, startIngest } from '../testing/world.js'
import { collectParts } from './collect-parts.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const bundlesOf = (tenantId: string, requestId: string) =>
  rig.gateway.forTenant(tenantId).evidenceBundle.findMany({ where: { requestId }, orderBy: { requestedAt: 'asc' } })

const settled = (tenantId: string, id: string) =>
  until(async () => {
    const bundle = await rig.gateway.forTenant(tenantId).evidenceBundle.findFirstOrThrow({ where: { id } })
    return bundle.state !== 'QUEUED' && bundle
  })

const ask = (tenantId: string, requestId: string) =>
  rig.gateway
    .forTenant(tenantId)
    .$transaction((tx) => queueBundle(tx, { tenantId, requestId, requestedBy: null, now: new Date() }))

/** A request whose unlearned model was audited: the audit was really run, its files lie in the artifact store. */
async function auditedRequest({
  withFiles = true,
  candidate = 'retrained',
}: { withFiles?: boolean; candidate?: Candidate } = {}) {
  const dataset = await createDataset(rig)
  const { tenantId } = dataset
  const model = await createProductionModel(rig, dataset)
  const { requestId } = await approveErasure(rig, { ...dataset, owner: 'ruth', versionIds: [model.versionId] })
  const client = rig.gateway.forTenant(tenantId)
  for (const run of await client.run.findMany({ where: { requestId, kind: 'unlearn' } }))
    await recordResult(rig.context, trained(run))
  const { report, matrices, data } = await smallAudit(candidate, AuditPolicy.parse({ version: 1 }))
  if (withFiles) for (const file of [matrices, data]) await rig.artifacts.put(tenantId, file)
  const run = await client.run.findFirstOrThrow({ where: { requestId, kind: 'audit' } })
  const result = audited(run, 'PASS')
  if (result.outcome !== 'succeeded' || result.output.kind !== 'audit') throw new Error('An audit succeeds here.')
  await recordResult(rig.context, { ...result, output: { ...result.output, report } })
  return { tenantId, requestId }
}

/** Answers what the registrar asks of compute while it erases, until the request is closed. */
const closed = (tenantId: string, requestId: string) =>
  until(async () => {
    const client = rig.gateway.forTenant(tenantId)
    for (const run of await client.run.findMany({ where: { kind: 'redact', state: 'QUEUED' } }))
      await recordResult(rig.context, await redacted(rig, run))
    const { state } = await client.erasureRequest.findFirstOrThrow({ where: { id: requestId } })
    return state === 'FULFILLED'
  })

async function statementsOf(files: Map<string, Buffer>, tenantId: string): Promise<Statement[]> {
  const signer = rig.options.signerOf(tenantId)
  return [...files]
    .filter(([path]) => path.startsWith('statements/'))
    .map(([, bytes]) => verifyEnvelope(JSON.parse(String(bytes)), [signer]).statement)
}

describe('a bundle', () => {
  it('of a fulfilled request is made by itself; every file in it is one whose digest a signed statement names', async () => {
    const registrar = rig.start()
    const { tenantId, requestId } = await auditedRequest()
    await closed(tenantId, requestId)
    const [asked] = await bundlesOf(tenantId, requestId)
    const bundle = await settled(tenantId, asked?.id ?? '')
    await registrar.stop()
    expect([bundle.state, bundle.failure]).toEqual(['READY', null])
    const archive = await rig.artifacts.get(tenantId, Digest.parse(bundle.digest))
    expect(BigInt(archive.length)).toBe(bundle.size)

    const files = await filesOf(archive)
    const statements = await statementsOf(files, tenantId)
    const own = statements.filter(({ recorded }) => recorded.erasureRequestId === requestId)
    expect(own.map(({ recorded }) => recorded.requestEntry)).toEqual(own.map((_, index) => index + 1))
    expect(own.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['audit-completed/v1', 'erasure-closed/v1']))
    const others = statements.filter(({ recorded }) => recorded.erasureRequestId !== requestId)
    expect(others.map(({ kind }) => kind)).toEqual(['dataset-registered/v1', 'model-trained/v1', 'model-promoted/v1'])

    const { size } = verifyLogCheckpoint(String(files.get('log/checkpoint')), [rig.options.signerOf(tenantId)])
    expect(BigInt(size)).toBe(bundle.logSize)
    const stated = new Set(statements.flatMap(({ subjects }) => subjects.map(({ digest }) => digest.sha256)))
    const bound = [...files].filter(
      ([path]) => /\.(safetensors|sig)$|report\.json$/.test(path) && path !== 'manifest.sig',
    )
    expect(bound.map(([path]) => path)).toEqual(
      expect.arrayContaining(
        ['audit-data.safetensors', 'matrices.safetensors', 'report.json'].map((name) => `audits/1/${name}`),
      ),
    )
    for (const [path, bytes] of bound) expect([path, stated.has(sha256(bytes))]).toEqual([path, true])
  })

  it('is the same, byte for byte, when a crash had it made again and the log has grown since', async () => {
    const { tenantId, requestId } = await auditedRequest()
    const { id } = await ask(tenantId, requestId)
    const registrar = rig.start()
    await until(async () => (await rig.gateway.forTenant(tenantId).logCheckpoint.count()) > 0)
    const first = await settled(tenantId, id)
    const again = await ask(tenantId, requestId)
    await recordResult(rig.context, await ingested(rig, (await startIngest(rig, tenantId)).run))
    const second = await settled(tenantId, again.id)
    await registrar.stop()
    const client = rig.context.db.forTenant(tenantId)
    const sources = { client, artifacts: rig.artifacts }
    const { logSize, pinnedAt } = first
    if (logSize === null || pinnedAt === null) throw new Error('A bundle that is ready has a size of the log.')
    const parts = await collectParts(sources, { ...first, logSize, pinnedAt })
    expect(sha256(writeBundle(parts, rig.options.signerOf(tenantId)))).toBe(first.digest)
    // Negative control: another date alone is another bundle.
    expect(second.digest).not.toBe(first.digest)
  })

  it('holds what was put on record in the very transaction that asked for it', async () => {
    const { tenantId, requestId } = await auditedRequest()
    const { id } = await ask(tenantId, requestId)
    const newest = await rig.gateway
      .forTenant(tenantId)
      .evidence.findFirst({ where: { requestId }, orderBy: { seq: 'desc' } })
    const begin = () =>
      rig.context.db.forTenant(tenantId).$transaction((tx) => beginBundle(tx, { tenantId, id, now: new Date() }))
    expect(await begin()).toBe('uncovered')
    const registrar = rig.start()
    const bundle = await settled(tenantId, id)
    await registrar.stop()
    expect(bundle.logSize ?? 0n).toBeGreaterThanOrEqual(newest?.seq ?? 1n)
    expect(await begin()).toBe('settled')
  })

  it('takes the head that a witness cosigned when it covers the request, and believes no file that is another head', async () => {
    // Blocked by its audit, so that nothing more comes on record of it.
    const { tenantId, requestId } = await auditedRequest({ candidate: 'original' })
    const { id: early } = await ask(tenantId, requestId)
    const registrar = rig.start()
    const { logSize } = await settled(tenantId, early)
    const { note } = await rig.gateway
      .forTenant(tenantId)
      .logCheckpoint.findFirstOrThrow({ where: { size: logSize ?? 0n } })
    const witness = witnessFromPrivateKey('witness.test/w', generateKeyPairSync('ed25519').privateKey)
    await recordResult(rig.context, await ingested(rig, (await startIngest(rig, tenantId)).run))
    await until(async () => (await rig.gateway.forTenant(tenantId).logCheckpoint.count()) > 1)
    const headOf = async () => {
      const { id } = await ask(tenantId, requestId)
      const { digest } = await settled(tenantId, id)
      return String((await filesOf(await rig.artifacts.get(tenantId, Digest.parse(digest)))).get('log/checkpoint'))
    }
    const file = path.join(rig.checkpointDir, tenantId, `${logSize}.cosigned`)
    writeFileSync(file, cosign(note, witness, new Date()))
    const head = await headOf()
    expect(head.startsWith(note)).toBe(true)
    expect(verifyCosignatures(head, [witness])).toHaveLength(1)
    writeFileSync(file, cosign(note.replace(/^/, 'x'), witness, new Date()))
    expect(await headOf()).toBe(note)
    await registrar.stop()
  })

  it('that cannot be made says why, once, and holds up no other', async () => {
    const broken = await auditedRequest({ withFiles: false })
    const whole = await auditedRequest()
    const [first, second] = [await ask(broken.tenantId, broken.requestId), await ask(whole.tenantId, whole.requestId)]
    const registrar = rig.start()
    const failed = await settled(broken.tenantId, first.id)
    expect([failed.state, failed.digest]).toEqual(['FAILED', null])
    expect(failed.failure).toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect((await settled(whole.tenantId, second.id)).state).toBe('READY')
    await registrar.stop()
  })

  it('is refused when a stored report is not the one on record', async () => {
    const { tenantId, requestId } = await auditedRequest()
    await rig.test.owner.query('ALTER TABLE audit DISABLE TRIGGER append_only')
    await rig.test.owner.query(`UPDATE audit SET report = report || '{"requiredForgetSize": 1}' WHERE tenant_id = $1`, [
      tenantId,
    ])
    await rig.test.owner.query('ALTER TABLE audit ENABLE ALWAYS TRIGGER append_only')
    const { id } = await ask(tenantId, requestId)
    const registrar = rig.start()
    expect((await settled(tenantId, id)).failure).toMatchObject({ code: 'REPORT_CHANGED' })
    await registrar.stop()
  })

  it('that brings the process down again and again is given up', async () => {
    const { tenantId, requestId } = await auditedRequest()
    const { id } = await ask(tenantId, requestId)
    await rig.test.owner.query('UPDATE evidence_bundle SET attempts = 5 WHERE id = $1', [id])
    const registrar = rig.start()
    expect((await settled(tenantId, id)).failure).toMatchObject({ code: 'GIVEN_UP' })
    await registrar.stop()
  })

  it('is asked for once by many at the same time, and its row is nobody’s to change or to see elsewhere', async () => {
    const { tenantId, requestId } = await auditedRequest()
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(tenantId, requestId)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    const registrar = rig.start()
    const { id } = await settled(tenantId, answers[0]?.id ?? '')
    await registrar.stop()
    const stranger = rig.gateway.forTenant(await rig.test.createTenant())
    expect(await stranger.evidenceBundle.findMany({ where: { id } })).toEqual([])
    const asGateway = rig.gateway.forTenant(tenantId).evidenceBundle
    await expect(asGateway.updateMany({ where: { id }, data: { digest: 'x' } })).rejects.toThrow(/permission denied/)
    const change = rig.test.owner.query("UPDATE evidence_bundle SET digest = 'x' WHERE id = $1", [id])
    await expect(change).rejects.toThrow(/does not change/)
    await expect(rig.test.owner.query('DELETE FROM evidence_bundle')).rejects.toThrow(/append-only/)
  })
})
