import { publishProgress, publishResult, RunProgressed } from '@lethe/bus'
import { newId } from '@lethe/db'
import { Digest } from '@lethe/domain'
import { modelSignerFromPem, parseStatement, verifyModelSignature } from '@lethe/ledger'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failed, succeeded, trained } from '../testing/results.js'
import { grantOf, type Rig, startRig, until } from '../testing/rig.js'
import { createDataset, ingested, readRun, samples, startIngest, startPretraining } from '../testing/world.js'
import { recordResult } from './record-result.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

/** Everything a result can leave behind, counted. */
async function countEffects(tenantId: string) {
  const client = rig.gateway.forTenant(tenantId)
  const [rows, owners, evidence, outbox, versions] = await Promise.all([
    client.sample.count(),
    client.dataOwner.count(),
    client.evidence.count(),
    client.outbox.count(),
    client.modelVersion.count(),
  ])
  return { rows, owners, evidence, outbox, versions }
}

describe('a result', () => {
  it('of an ingest freezes the dataset version with its samples and their owners', async () => {
    const { tenantId, datasetVersionId } = await createDataset(rig)
    const client = rig.gateway.forTenant(tenantId)
    const version = await client.datasetVersion.findFirstOrThrow({ where: { id: datasetVersionId } })
    expect([version.state, version.sampleCount, version.quarantinedCount]).toEqual(['READY', samples.length, 1])
    const rows = await client.sample.findMany({ include: { owner: true }, orderBy: { index: 'asc' } })
    expect(rows.map(({ contentId, owner, split }) => [contentId, owner.subjectKey, split])).toEqual(
      samples.map(({ contentId, owner, split }) => [contentId, owner, split]),
    )
    const [evidence] = await client.evidence.findMany({ orderBy: { seq: 'asc' } })
    expect(evidence?.kind).toBe('dataset-registered/v1')
    expect(evidence?.body).not.toMatch(/ruth|grace/)
    const run = await client.run.findFirstOrThrow()
    expect([run.state, run.attempt, (run.cost as { wallSeconds: number }).wallSeconds]).toEqual(['SUCCEEDED', 1, 1.5])
  })

  it('of a pretraining makes a version that is ready, with provenance, cost and evidence, and serves nobody yet', async () => {
    const dataset = await createDataset(rig)
    const { run, versionId, modelId } = await startPretraining(rig, dataset)
    await recordResult(rig.context, trained(run))
    const client = rig.gateway.forTenant(dataset.tenantId)
    const version = await client.modelVersion.findFirstOrThrow({ where: { id: versionId } })
    expect(version.state).toBe('READY')
    expect(version.provenance).toMatchObject({ backend: 'cpu' })
    expect((await client.model.findFirstOrThrow({ where: { id: modelId } })).productionVersionId).toBeNull()
    expect(await client.evidence.count({ where: { kind: 'model-trained/v1' } })).toBe(1)
  })

  it('of a training brings a signature over its files that the public format reads, by the key of the platform alone', async () => {
    const dataset = await createDataset(rig)
    const { run, versionId } = await startPretraining(rig, dataset)
    await recordResult(rig.context, trained(run))
    const client = rig.gateway.forTenant(dataset.tenantId)
    const version = await client.modelVersion.findFirstOrThrow({ where: { id: versionId } })
    const digest = Digest.parse(version.signatureDigest)
    const text = Buffer.from(await rig.artifacts.get(dataset.tenantId, digest)).toString('utf8')
    const files = [
      { name: 'weights.safetensors', digest: Digest.parse(version.weightsDigest) },
      { name: 'state.safetensors', digest: Digest.parse(version.stateDigest) },
    ]
    expect(verifyModelSignature(text, [rig.context.modelSigner], files).name).toBe(`model-version/${versionId}`)
    const swapped = files.map((file) => ({ ...file, digest }))
    expect(() => verifyModelSignature(text, [rig.context.modelSigner], swapped)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILES_MISMATCH' }),
    )
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
    const stranger = modelSignerFromPem(other.export({ type: 'pkcs8', format: 'pem' }).toString())
    expect(() => verifyModelSignature(text, [stranger], files)).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }))
    const entry = await client.evidence.findFirstOrThrow({ where: { kind: 'model-trained/v1' } })
    expect(parseStatement(entry.body).subjects).toContainEqual({
      name: `model-version/${versionId}/signature`,
      digest: { sha256: digest },
    })
  })

  it('delivered again, also at the same time, has one effect', async () => {
    const dataset = await createDataset(rig)
    const { run } = await startPretraining(rig, dataset)
    const answers = await Promise.all(Array.from({ length: 4 }, () => recordResult(rig.context, trained(run))))
    expect(answers.filter(Boolean)).toHaveLength(1)
    const effects = await countEffects(dataset.tenantId)
    expect(await recordResult(rig.context, trained(run))).toBe(false)
    expect(await recordResult(rig.context, failed(run))).toBe(false)
    expect(await countEffects(dataset.tenantId)).toEqual(effects)
  })

  it('whose recording fails half-way leaves nothing behind', async () => {
    const tenantId = await rig.test.createTenant()
    const { run } = await startIngest(rig, tenantId)
    const before = await countEffects(tenantId)
    const twice = samples.map((sample) => ({ ...sample, index: 0 }))
    await expect(recordResult(rig.context, await ingested(rig, run, twice))).rejects.toThrow()
    expect(await countEffects(tenantId)).toEqual(before)
    expect((await readRun(rig, tenantId, run.id)).state).toBe('QUEUED')
  })

  it.each(['\0', '\ud83d'])('with text that no row can keep (%j) is refused, not tried for ever', async (character) => {
    const tenantId = await rig.test.createTenant()
    const { run } = await startIngest(rig, tenantId)
    const [first, ...others] = samples
    const result = await ingested(rig, run, [{ ...first, owner: `ruth${character}` }, ...others])
    await expect(recordResult(rig.context, result)).rejects.toMatchObject({ code: 'SAMPLES_MALFORMED' })
  })

  it('of a failed run marks what it should have made, with the reason', async () => {
    const tenantId = await rig.test.createTenant()
    const { run } = await startIngest(rig, tenantId)
    await recordResult(rig.context, failed(run))
    const client = rig.gateway.forTenant(tenantId)
    const version = await client.datasetVersion.findFirstOrThrow()
    expect([version.state, version.failure]).toEqual(['FAILED', expect.stringContaining('No memory left')])
    expect((await client.evidence.findFirstOrThrow({ orderBy: { seq: 'asc' } })).payload).toMatchObject({
      predicate: { code: 'OUT_OF_MEMORY' },
    })
  })
})

describe('over the bus', () => {
  it('is taken in; one whose content is refused ends its run with the reason; one of an unknown run stops nobody', async () => {
    const registrar = rig.start()
    const dataset = await createDataset(rig)
    const { tenantId } = dataset
    const unknown = { ...(await startPretraining(rig, dataset)).run, id: newId() }
    const refused = (await startPretraining(rig, dataset)).run
    const good = (await startPretraining(rig, dataset)).run
    await rig.publish(trained(unknown))
    await rig.publish(await ingestedAs(refused))
    await rig.publish(trained(good))
    await until(async () => (await readRun(rig, tenantId, good.id)).state === 'SUCCEEDED')
    const failedRun = await until(async () => {
      const run = await readRun(rig, tenantId, refused.id)
      return run.state === 'FAILED' && run
    })
    expect(failedRun.error).toMatchObject({ code: 'RESULT_MISMATCH' })
    await registrar.stop()
  })

  it('of a run of another tenant, by a worker that was given a task of its own, changes no row', async () => {
    const registrar = rig.start()
    const [mine, theirs] = [await createDataset(rig), await createDataset(rig)]
    const own = (await startPretraining(rig, mine)).run
    const target = (await startPretraining(rig, theirs)).run
    const before = await countEffects(theirs.tenantId)
    const [subject, body] = [`results.pretrain.${target.tenantId}.${target.id}`, JSON.stringify(trained(target))]
    await publishResult(rig.everything, trained(target), grantOf(own))
    await publishResult(rig.everything, failed(target), grantOf({ ...own, tenantId: target.tenantId }))
    await rig.everything.js.publish(subject, body, { msgID: `${target.id}:result` })
    publishProgress(rig.everything, progressed(target), grantOf(own))
    // What comes after them on the same ways has been taken in: they were looked at, and nothing is left to be tried again.
    publishProgress(rig.everything, progressed(own), grantOf(own))
    await until(async () => (await readRun(rig, own.tenantId, own.id)).worker === 'w')
    await publishResult(rig.everything, trained(own), grantOf(own))
    await until(async () => (await readRun(rig, own.tenantId, own.id)).state === 'SUCCEEDED')
    expect(await countEffects(theirs.tenantId)).toEqual(before)
    expect(await readRun(rig, target.tenantId, target.id)).toEqual(target)
    expect((await (await rig.everything.js.streams.get('RESULTS')).info()).state.messages).toBe(0)
    const dead = await rig.everything.js.streams.get('DEAD')
    const { state } = await dead.info(false, { subjects_filter: `dead.${subject}` })
    expect(state.subjects).toEqual({ [`dead.${subject}`]: 3 })
    expect((await dead.getMessage({ last_by_subj: `dead.${subject}` }))?.string()).toBe(body)

    await publishResult(rig.everything, trained(target), grantOf(target))
    await until(async () => (await readRun(rig, target.tenantId, target.id)).state === 'SUCCEEDED')
    await registrar.stop()
  })

  const progressed = ({ tenantId, id: runId, kind: runKind }: Awaited<ReturnType<typeof readRun>>) =>
    RunProgressed.parse({
      version: 1,
      tenantId,
      runId,
      runKind,
      attempt: 1,
      worker: 'w',
      device: 'd',
      at: '2026-03-02T10:00:00.000Z',
      progress: { phase: 'train', fraction: 0.5 },
    })

  const ingestedAs = async (run: Awaited<ReturnType<typeof readRun>>) => {
    const result = await ingested(rig, run)
    if (result.outcome !== 'succeeded') throw new Error('it succeeded')
    return succeeded(run, result.output)
  }
})
