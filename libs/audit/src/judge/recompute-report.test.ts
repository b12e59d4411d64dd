import { sha256, type AuditReport } from '@lethe/domain'
import { f64, parseSafetensors, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditOptions, AuditResult } from '../audited-model.js'
import { runAudit } from '../run-audit.js'
import { toyAudit, toyWorld } from '../toy-world.fixture.js'
import { compareReports, readAuditData, recomputeReport } from './index.js'

const world = toyWorld({ forget: 40, heldOut: 80, retain: 40 })
const other = toyWorld({ seed: 5, forget: 40, heldOut: 80, retain: 40 })
const { original, retrained } = world

/** Everything that an audit can have besides pictures. */
async function fullAudit(): Promise<AuditResult> {
  const options = toyAudit(world, original, retrained)
  const captions = (images: { count: number }) => Array.from({ length: images.count }, (_, row) => `text ${row}`)
  const withTexts = (name: 'forget' | 'heldOut' | 'retain') => ({
    ...options[name],
    captions: captions(options[name].images),
  })
  const embedTexts: AuditOptions['before']['embedTexts'] = (texts) =>
    Promise.resolve(
      Float32Array.from(texts.flatMap((text) => Array.from({ length: 12 }, (_, k) => Math.sin(text.length + k)))),
    )
  const scores = (by: number) => ({
    forget: Float64Array.from({ length: 40 }, (_, row) => Math.sin(row) + by),
    heldOut: Float64Array.from({ length: 80 }, (_, row) => Math.cos(row)),
  })
  const shadowed = { audited: 0.5, unlearned: [0.1, 0.4], unseen: [0.2] }
  return runAudit({
    ...options,
    before: { ...options.before, embedTexts },
    after: { ...options.after, embedTexts },
    references: [{ ...options.after, label: 'retrain 1', role: 'retrain', method: 'retrain' }],
    forget: withTexts('forget'),
    heldOut: withTexts('heldOut'),
    retain: withTexts('retain'),
    twins: { members: world.forget, twins: other.forget },
    canaries: { included: world.forget, excluded: other.forget },
    laboratory: {
      recovery: { original: scores(1), unlearned: [scores(0), scores(0.1)], retrained: [[scores(0), scores(0.05)]] },
      shadows: { forget: [shadowed, shadowed], heldOut: [shadowed, shadowed] },
    },
  })
}

let audit: AuditResult
beforeAll(async () => {
  audit = await fullAudit()
})

/** The same file with some tensors or strings changed. */
function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
  bytes = audit.data,
): Uint8Array {
  const { tensors, metadata } = parseSafetensors(bytes)
  const copies: [Map<string, StoredTensor>, Record<string, string>] = [new Map(tensors), { ...metadata }]
  change(...copies)
  return serializeSafetensors(...copies)
}

const changedRecord = (change: (record: Record<string, unknown>) => void) =>
  changed((_, metadata) => {
    const record = JSON.parse(metadata.record ?? '') as Record<string, unknown>
    change(record)
    metadata.record = JSON.stringify(record)
  })

describe('a report', () => {
  it('can be computed again from the data that it names, digests, matrices and all', () => {
    const again = recomputeReport(audit.data)
    expect(again.report).toEqual(audit.report)
    expect(again.matrices).toEqual(audit.matrices)
    expect(audit.report.data).toEqual({ digest: sha256(audit.data), size: audit.data.length })
    expect(audit.report.matrices).toEqual({ digest: sha256(audit.matrices), size: audit.matrices.length })
    expect(compareReports(audit.report, again.report)).toEqual([])
  })

  it('rests on data of every test that it has, and on no embedding and no picture', () => {
    const ids = audit.report.tests.map(({ id }) => id)
    for (const id of [
      'A5-retrain-reference',
      'A6-u-lira',
      'A7-one-run-epsilon',
      'A8-recovery',
      'A9-neighbours',
      'A9-retrieval',
      'A10-randomised-twins',
      'A11-clip-alignment',
      'blind-control',
    ])
      // prettier-ignore
      expect(ids).toContain(id)
    const { tensors } = parseSafetensors(audit.data)
    // One number per sample, or a square matrix over samples: nothing has the width of an embedding or of a picture.
    for (const [name, { shape }] of tensors)
      expect(shape.length === 1 || shape[0] === shape[1], `${name} [${shape.join(', ')}]`).toBe(true)
    expect([...tensors.keys()].filter((name) => /models\.\d+\.matrices/.test(name))).toHaveLength(4)
  })

  it('changes with any score that it rests on, and the change is named', () => {
    const forged = recomputeReport(
      changed((tensors) => {
        const scores = tensors.get('models.1.scores.forget')?.data as Float64Array
        tensors.set('models.1.scores.forget', f64([40], scores.map((score) => score + 1))) // prettier-ignore
      }),
    ).report
    const paths = compareReports(audit.report, forged)
    expect(paths).toContain('data.digest')
    expect(paths).toContain('models.1.membershipAuc.value')
    expect(forged.verdict).not.toBe(audit.report.verdict)
  })

  it('is as it was where nothing but the last digits of numbers differ', () => {
    const nudged = JSON.parse(JSON.stringify(audit.report), (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? value * (1 + 1e-12) : value,
    ) as AuditReport
    expect(compareReports(audit.report, nudged)).toEqual([])
    expect(compareReports(audit.report, { ...nudged, verdict: 'RESIDUAL' })).toContain('verdict')
    expect(compareReports(audit.report, { ...nudged, requiredForgetSize: 3 })).toEqual(['requiredForgetSize'])
    expect(compareReports(audit.report, { ...nudged, tests: nudged.tests.slice(1) }).length).toBeGreaterThan(0)
  })
})

describe('audit data', () => {
  const scores = 'models.0.scores.forget'
  const cases: [string, () => Uint8Array, string, string][] = [
    ['no safetensors', () => new Uint8Array([1, 2, 3]), 'SAFETENSORS_TRUNCATED', ''],
    ['another safetensors file', () => audit.matrices, 'AUDIT_DATA_INVALID', 'format'],
    ['a later version', () => changed((_, metadata) => (metadata.version = '2')), 'AUDIT_DATA_INVALID', 'version'],
    ['no record', () => changed((_, metadata) => delete metadata.record), 'AUDIT_DATA_INVALID', 'record'],
    ['a record that is a list', () => changed((_, metadata) => (metadata.record = '[]')), 'AUDIT_DATA_INVALID', 'record'],
    ['a score that is no number', () => changed((tensors) => tensors.set(scores, f64([40], new Float64Array(40).fill(Number.NaN)))), 'AUDIT_DATA_INVALID', scores],
    ['fewer scores than samples', () => changed((tensors) => tensors.set(scores, f64([39], new Float64Array(39)))), 'AUDIT_DATA_INVALID', scores],
    ['no scores', () => changed((tensors) => tensors.delete(scores)), 'AUDIT_DATA_INVALID', scores],
    ['a tensor that has no place', () => changed((tensors) => tensors.set('models.0.extra.scores', f64([1], new Float64Array(1)))), 'AUDIT_DATA_INVALID', 'models.0.extra.scores'],
    ['a tensor in the place of the prototype', () => changed((tensors) => tensors.set('__proto__.policy', f64([1], new Float64Array(1)))), 'AUDIT_DATA_INVALID', '__proto__.policy'],
    ['a tensor in the place of a number', () => changed((tensors) => tensors.set('policy.alpha', f64([1], new Float64Array(1)))), 'AUDIT_DATA_INVALID', 'policy.alpha'],
    ['one model', () => changedRecord((record) => (record.models = [])), 'AUDIT_DATA_INVALID', 'models.0.alignment.forget'],
    ['a method that is none', () => changedRecord((record) => (record.method = 'prayer')), 'AUDIT_DATA_INVALID', 'method'],
    ['a policy without bounds', () => changedRecord((record) => (record.policy = { version: 1, resamples: 1e12 })), 'AUDIT_DATA_INVALID', 'policy.resamples'],
  ] // prettier-ignore

  it.each(cases)('with %s are refused, and the place is named', (_, bytes, code, field) => {
    expect(() => recomputeReport(bytes())).toThrow(
      expect.objectContaining({ code, ...(field === '' ? {} : { field }) }),
    )
  })

  it('come back from the file as they were measured', () => {
    const { models, twins, sizes } = readAuditData(audit.data)
    expect(sizes).toEqual({ forget: 40, heldOut: 80, retain: 40 })
    expect(models.map(({ role, label }) => `${role} ${label}`)).toEqual(['before before', 'after after', 'retrain retrain 1'])
    expect(twins?.before.members).toHaveLength(40)
  }) // prettier-ignore
})

describe('judging', () => {
  /** Bundles for a browser; what Node alone has cannot be resolved there. */
  const bundle = (contents: string) =>
    build({
      stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      write: false,
      minify: true,
      platform: 'browser',
      format: 'esm',
      conditions: ['source'],
      logLevel: 'silent',
    })

  it('needs nothing of Node, so that a page in a browser can do it', async () => {
    const { outputFiles } = await bundle(`export { recomputeReport } from './index.ts'`)
    const [file] = outputFiles
    expect(file?.text).not.toMatch(/\bnode:|tensorflow/)
    expect(file?.contents.length).toBeLessThan(800_000)
    await expect(bundle(`import 'node:crypto'`)).rejects.toThrow('Could not resolve "node:crypto"')
    // The same code, out of the bundle, gives the same report.
    const url = `data:text/javascript;base64,${Buffer.from(file?.contents ?? []).toString('base64')}`
    const bundled = (await import(/* @vite-ignore */ url)) as { recomputeReport: typeof recomputeReport }
    expect(bundled.recomputeReport(audit.data).report).toEqual(audit.report)
  })
})
