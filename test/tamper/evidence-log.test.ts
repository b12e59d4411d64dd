import { encodeLogGrowth, parseLogGrowth } from '@lethe/ledger'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLogStage, type LogStage } from './log-stage.js'

interface Finding {
  code: string
  entries?: [number, number]
  checkpoint?: number
  place?: string
  sentence: string
}
interface Report {
  tenantId: string
  entries: number
  findings: Finding[]
}

let stage: LogStage
beforeAll(async () => {
  stage = await startLogStage()
}, 300_000)
afterAll(() => stage.stop())

async function fsck(tenantId: string, ...args: string[]): Promise<{ code: number | null; findings: Finding[] }> {
  const { code, stdout, stderr } = await stage.fsck('--tenant', tenantId, '--json', ...args)
  expect(stderr).toBe('')
  const [report] = JSON.parse(stdout) as Report[]
  return { code, findings: report?.findings ?? [] }
}

async function expectNamed(tenantId: string, ...findings: object[]): Promise<void> {
  const found = await fsck(tenantId)
  expect(found.findings).toMatchObject(findings)
  expect(found.code).toBe(4)
}

const fileOf = (tenantId: string, name: string): string => path.join(stage.checkpoints, tenantId, name)

/** What a superuser would do who knows how the chain is made: every hash behind the edit is computed anew. */
const rechain = `
  WITH RECURSIVE chain AS (
    SELECT seq, leaf, prev, sha256('\\x00'::bytea || prev || int8send(seq) || uuid_send(tenant_id)
             || sha256(convert_to(kind, 'UTF8')) || sha256(convert_to(body, 'UTF8'))) AS hash
    FROM (SELECT *, sha256('\\x00'::bytea || convert_to(body, 'UTF8')) AS leaf, decode(repeat('00', 32), 'hex') AS prev
          FROM evidence WHERE tenant_id = $1 AND seq = 1) AS first
    UNION ALL
    SELECT e.seq, sha256('\\x00'::bytea || convert_to(e.body, 'UTF8')), c.hash,
           sha256('\\x00'::bytea || c.hash || int8send(e.seq) || uuid_send(e.tenant_id)
             || sha256(convert_to(e.kind, 'UTF8')) || sha256(convert_to(e.body, 'UTF8')))
    FROM chain c JOIN evidence e ON e.tenant_id = $1 AND e.seq = c.seq + 1
  )
  UPDATE evidence e SET leaf_hash = c.leaf, prev_hash = c.prev, hash = c.hash
  FROM chain c WHERE e.tenant_id = $1 AND e.seq = c.seq`

const editBody = `UPDATE evidence SET body = replace(body, 'entry', 'other') WHERE tenant_id = $1 AND seq = $2`

describe('a log that nobody touched', () => {
  it('passes, tenant by tenant and all together, pending entries included', async () => {
    const tenantId = await stage.createLog([2, 5, 300])
    expect(await fsck(tenantId)).toEqual({ code: 0, findings: [] })
    const { code, stdout } = await stage.fsck()
    expect(code).toBe(0)
    expect(stdout).toContain(`sound    lethe/log/${tenantId}: 300 entries (0 pending), 3 checkpoints, 3 published`)
  })
  it('passes while the registrar goes on signing', async () => {
    const tenantId = await stage.createLog([3])
    const appending = (async () => {
      for (let n = 0; n < 20; n++) await stage.append(tenantId, 15)
    })()
    for (let n = 0; n < 5; n++) expect(await fsck(tenantId)).toEqual({ code: 0, findings: [] })
    await appending
    expect(await stage.settle(tenantId)).toBe(303)
    expect(await fsck(tenantId)).toEqual({ code: 0, findings: [] })
  })
})

describe('a superuser who', () => {
  it('edits a row is caught, and the row is named', async () => {
    const tenantId = await stage.createLog([4, 9])
    await stage.tamper(editBody, [tenantId, 6])
    await expectNamed(tenantId, { code: 'ENTRY_CHANGED', entries: [6, 6] })
  })
  it('drops a row is caught, and its number is named', async () => {
    const tenantId = await stage.createLog([4, 9])
    await stage.tamper('DELETE FROM evidence WHERE tenant_id = $1 AND seq = 3', [tenantId])
    await expectNamed(tenantId, { code: 'ENTRY_MISSING', entries: [3, 3] })
  })
  it('drops the newest rows is caught by the checkpoint that covers them', async () => {
    const tenantId = await stage.createLog([4, 9])
    await stage.tamper('DELETE FROM evidence WHERE tenant_id = $1 AND seq > 7', [tenantId])
    await expectNamed(tenantId, { code: 'ENTRIES_LOST', entries: [8, 9], checkpoint: 9 })
  })
  it('lets two rows change places is caught, and both are named', async () => {
    const tenantId = await stage.createLog([4, 9])
    await stage.tamper(
      'UPDATE evidence SET seq = CASE seq WHEN 2 THEN 2000 ELSE 2 END WHERE tenant_id = $1 AND seq IN (2, 7)',
      [tenantId],
    )
    await stage.tamper('UPDATE evidence SET seq = 7 WHERE tenant_id = $1 AND seq = 2000', [tenantId])
    await expectNamed(tenantId, { code: 'ENTRY_CHANGED', entries: [2, 2] }, { code: 'ENTRY_CHANGED', entries: [7, 7] })
  })
  it('edits a row and computes the whole chain anew is caught, and the rows between two checkpoints are named', async () => {
    const tenantId = await stage.createLog([4, 9, 12])
    await stage.tamper(editBody, [tenantId, 6])
    await stage.tamper(rechain, [tenantId])
    const { findings } = await fsck(tenantId)
    expect(findings).toMatchObject([{ code: 'ENTRIES_REWRITTEN', entries: [5, 8], checkpoint: 9, place: 'database' }])
    expect(findings[0]?.sentence).toContain('The checkpoint of 4 entries still agrees.')
  })
  it('also makes the checkpoints anew, without the key, is caught at each', async () => {
    const tenantId = await stage.createLog([4, 9])
    await stage.tamper("UPDATE log_checkpoint SET root = sha256('x') WHERE tenant_id = $1 AND size = 9", [tenantId])
    await expectNamed(tenantId, { code: 'CHECKPOINT_INVALID', checkpoint: 9, place: 'database' })
    await stage.tamper("UPDATE log_checkpoint SET note = replace(note, E'\\n9\\n', E'\\n8\\n') WHERE tenant_id = $1", [
      tenantId,
    ])
    await expectNamed(tenantId, { code: 'CHECKPOINT_INVALID', checkpoint: 9, place: 'database' })
  })
  it('rolls the whole log back to an older checkpoint is caught by what was published', async () => {
    const tenantId = await stage.createLog([4, 9, 12])
    await stage.tamper('DELETE FROM evidence WHERE tenant_id = $1 AND seq > 4', [tenantId])
    await stage.tamper('DELETE FROM log_checkpoint WHERE tenant_id = $1 AND size > 4', [tenantId])
    await expectNamed(
      tenantId,
      { code: 'CHECKPOINT_MISSING', checkpoint: 9 },
      { code: 'CHECKPOINT_MISSING', checkpoint: 12 },
      { code: 'ENTRIES_LOST', entries: [5, 12], checkpoint: 12, place: fileOf(tenantId, '12') },
    )
  })
  it('deletes a checkpoint is caught by its published copy', async () => {
    const tenantId = await stage.createLog([4, 9, 12])
    await stage.tamper('DELETE FROM log_checkpoint WHERE tenant_id = $1 AND size = 9', [tenantId])
    await expectNamed(tenantId, { code: 'CHECKPOINT_MISSING', checkpoint: 9, place: fileOf(tenantId, '9') })
  })
  it('changes, removes or adds a cached subtree is caught, and the entries below it are named', async () => {
    const tenantId = await stage.createLog([300, 600])
    await stage.tamper("UPDATE log_node SET hash = sha256('x') WHERE tenant_id = $1 AND index = 1", [tenantId])
    await expectNamed(tenantId, { code: 'NODE_WRONG', entries: [257, 512] })
    await stage.tamper('DELETE FROM log_node WHERE tenant_id = $1 AND index = 1', [tenantId])
    await stage.tamper("INSERT INTO log_node VALUES ($1, 1, 7, sha256('x'))", [tenantId])
    await expectNamed(
      tenantId,
      { code: 'NODE_MISSING', entries: [257, 512] },
      { code: 'NODE_UNKNOWN', entries: [1793, 2048] },
    )
  })
  it('spoils the frontier, from which the next head would be signed, is caught before it is', async () => {
    const tenantId = await stage.createLog([4, 9])
    const spoil = `UPDATE log_checkpoint SET frontier = jsonb_set(frontier, '{peaks,0}', to_jsonb(repeat('0', 64)))
                   WHERE tenant_id = $1 AND size = 9`
    await stage.tamper(spoil, [tenantId])
    await expectNamed(tenantId, { code: 'FRONTIER_WRONG', checkpoint: 9 })
    // Were it signed all the same, it would not leave the database.
    await stage.append(tenantId, 1)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(readFileSync(fileOf(tenantId, 'latest'), 'utf8')).toBe(readFileSync(fileOf(tenantId, '9'), 'utf8'))
  })
})

describe('a published file that was', () => {
  it('replaced by another checkpoint, or edited, is named', async () => {
    const tenantId = await stage.createLog([4, 9])
    const own = readFileSync(fileOf(tenantId, '4'), 'utf8')
    writeFileSync(fileOf(tenantId, '4'), readFileSync(fileOf(tenantId, '9')))
    expect((await fsck(tenantId)).findings[0]).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      place: fileOf(tenantId, '4'),
    })
    writeFileSync(fileOf(tenantId, '4'), own.replace('\n4\n', '\n5\n'))
    expect((await fsck(tenantId)).findings[0]).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      place: fileOf(tenantId, '4'),
    })
    writeFileSync(fileOf(tenantId, '4'), own)
    expect(await fsck(tenantId)).toEqual({ code: 0, findings: [] })
  })
  it('the newest, and was set back to an older one, is named', async () => {
    const tenantId = await stage.createLog([4, 9])
    writeFileSync(fileOf(tenantId, 'latest'), readFileSync(fileOf(tenantId, '4')))
    await expectNamed(tenantId, { code: 'CHECKPOINT_INVALID', place: fileOf(tenantId, 'latest') })
  })
  it('a growth proof, and was changed, is named', async () => {
    const tenantId = await stage.createLog([4, 9])
    const file = fileOf(tenantId, '9.add-checkpoint')
    const growth = parseLogGrowth(readFileSync(file, 'utf8'))
    writeFileSync(file, encodeLogGrowth({ ...growth, path: [...growth.path].reverse() }))
    await expectNamed(tenantId, { code: 'GROWTH_INVALID', checkpoint: 9, place: fileOf(tenantId, '9') })
  })
  it('removed is named', async () => {
    // In the middle, and the oldest, before which there is nothing to compare with.
    for (const removed of [9, 4]) {
      const tenantId = await stage.createLog([4, 9, 12])
      rmSync(fileOf(tenantId, String(removed)))
      expect((await fsck(tenantId)).findings[0]).toMatchObject({ code: 'CHECKPOINT_UNPUBLISHED', checkpoint: removed })
    }
  })
})

it('is checked with its blobs beside the running platform, wherever they are kept', async () => {
  const tenantId = await stage.createLog([4])
  for (const where of [[], ['nats'], ['file:///nowhere']]) {
    const { code, stdout } = await stage.fsck('--tenant', tenantId, '--artifacts', ...where)
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 published, 0 blobs')])
  }
  const { code, stderr } = await stage.fsck('--tenant', tenantId, '--artifacts', 's3://bucket')
  expect([code, stderr]).toEqual([1, expect.stringContaining('file:///path')])
})

it('is told to people in one sentence each, and by the exit code', async () => {
  const tenantId = await stage.createLog([4])
  await stage.tamper(editBody, [tenantId, 2])
  const { code, stdout } = await stage.fsck('--tenant', tenantId)
  expect(code).toBe(4)
  expect(stdout).toContain('DAMAGED')
  expect(stdout).toContain('ENTRY_CHANGED: Entry 2 was changed')
})
