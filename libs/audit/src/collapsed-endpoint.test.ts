import { describe, expect, it } from 'vitest'
import type { AuditReport } from '@lethe/domain'
import type { Embed } from './audited-model.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const world = toyWorld()
const { original, retrained } = world
const findTest = (report: AuditReport, id: string) => report.tests.find((test) => test.id === id)

describe('an endpoint that says next to nothing does not pass', () => {
  it('one that gives all pictures almost one embedding shows no equivalence: every score is equal', async () => {
    const audit = toyAudit(world, original, retrained)
    const collapsed: Embed = async (images) => (await retrained(images)).map((value) => 1 + 1e-4 * value)
    const after = { ...audit.after, embed: collapsed, embedFeatures: retrained }
    const { report } = await runAudit({ ...audit, after })
    expect(findTest(report, 'A0-endpoint-integrity')?.outcome).toBe('met')
    expect(findTest(report, 'A4-residual-membership')).toMatchObject({
      effect: { value: 0.5 },
      outcome: 'inconclusive',
    })
    expect(report.reasons.map(({ code }) => code)).toEqual(['EQUIVALENCE_NOT_SHOWN'])
  })

  it('one whose features change their length is not taken for unlabelled, nor for anything else', async () => {
    const audit = toyAudit(world, original, retrained)
    const shrinking: Embed = async (images) =>
      images.length === 12 * 100 ? (await retrained(images)).subarray(0, images.length / 2) : retrained(images)
    const { report } = await runAudit({ ...audit, after: { ...audit.after, embedFeatures: shrinking } })
    expect(report.reasons[0]?.code).toBe('ENDPOINT_DIMENSION_CHANGED')
    expect(findTest(report, 'A9-utility')?.outcome).toBe('inconclusive')
    expect(report.limits).not.toContain('utility-without-labels')
  })

  it('one that answers pictures as they are with what is no number is told by that', async () => {
    const audit = toyAudit(world, original, retrained)
    const plain = Float32Array.from(world.retain.data, (byte) => byte / 255)
    const isPlain = (images: Float32Array) => images.every((value, k) => value === plain[k])
    const breaking: Embed = async (images) =>
      isPlain(images) ? (await retrained(images)).fill(Number.NaN) : retrained(images)
    const { report } = await runAudit({ ...audit, after: { ...audit.after, embedFeatures: breaking } })
    expect(report.reasons[0]?.code).toBe('ENDPOINT_NOT_FINITE')
  })
})
