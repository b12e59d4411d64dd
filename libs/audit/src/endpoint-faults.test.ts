import { AuditReport, randomStream } from '@lethe/domain'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AuditOptions, Embed } from './audited-model.js'
import { AUDIT_EPOCH } from './challenge.js'
import { EndpointFault } from './endpoint/endpoint-fault.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const world = toyWorld()
const { original, retrained } = world
const PIXELS = 12

const verdictOf = async (before: Embed, after: Embed, changes: Partial<AuditOptions> = {}) => {
  const { report } = await runAudit(toyAudit(world, before, after, changes))
  return { verdict: report.verdict, codes: report.reasons.map(({ code }) => code), report }
}

/** A vector that belongs to these bytes and to nothing near them. */
const hashed = (picture: Float32Array, scale: number): Float32Array => {
  const random = randomStream(createHash('sha256').update(Buffer.from(picture.slice().buffer)).digest().readInt32BE(0))
  return Float32Array.from({ length: PIXELS }, () => scale * (random() - 0.5))
}

const byPicture =
  (embed: Embed, change: (picture: Float32Array, answer: Float32Array) => Float32Array): Embed =>
  async (images) => {
    const answers = await embed(images)
    for (let at = 0; at < images.length; at += PIXELS)
      answers.set(change(images.subarray(at, at + PIXELS), answers.subarray(at, at + PIXELS)), at)
    return answers
  }

/** Every view that the audit will ask about, as a provider who knows policy and pictures could prepare them. */
function preparedViews(set: typeof world.forget): Set<string> {
  const { drawViews, policy } = toyAudit(world, original, retrained)
  const views = Array.from({ length: policy.views }, (_, view) => drawViews(set, policy.seed, view, AUDIT_EPOCH))
  return new Set(views.flatMap((drawn) => Array.from({ length: set.count }, (_, row) => keyOf(drawn.subarray(row * PIXELS, (row + 1) * PIXELS))))) // prettier-ignore
}
const keyOf = (picture: Float32Array) => picture.join()
const prepared = preparedViews(world.forget)

const distanceToForget = (picture: Float32Array) => {
  let least = Number.POSITIVE_INFINITY
  for (let row = 0; row < world.forget.count; row++) {
    let square = 0
    for (let k = 0; k < PIXELS; k++) square += ((world.forget.data[row * PIXELS + k] as number) / 255 - (picture[k] as number)) ** 2 // prettier-ignore
    least = Math.min(least, square)
  }
  return Math.sqrt(least)
}

describe('an endpoint that cheats, drifts or is broken is inconclusive with its reason, whichever side it serves', () => {
  let calls = 0
  const broken: [string, Embed, string, RegExp][] = [
    ['answers differently each time', async (images) => (await retrained(images)).map((value) => value + 1e-3 * Math.sin(calls++)), 'ENDPOINT_INCONSISTENT', /identical questions/],
    ['answers with what is no number', async (images) => (await retrained(images)).map((value, k) => (k === 5 ? Number.NaN : value)), 'ENDPOINT_NOT_FINITE', /not finite/],
    ['answers with infinity', async (images) => (await retrained(images)).fill(Number.POSITIVE_INFINITY), 'ENDPOINT_NOT_FINITE', /not finite/],
    ['answers with too few numbers', async (images) => (await retrained(images)).subarray(1), 'ENDPOINT_MALFORMED', /numbers came/],
    ['answers nothing', () => Promise.resolve(new Float32Array(0)), 'ENDPOINT_MALFORMED', /numbers came/],
    ['changes the length of its embeddings', async (images) => (images.length > 12 * 100 ? await retrained(images) : (await retrained(images)).subarray(0, images.length / 2)), 'ENDPOINT_DIMENSION_CHANGED', /length/],
    ['gives every picture one embedding', (images) => Promise.resolve(new Float32Array(images.length).fill(1)), 'ENDPOINT_CONSTANT', /same embedding/],
    ['lets pictures depend on what stands first', async (images) => (await retrained(images)).map((value) => value + (images[0] as number)), 'ENDPOINT_DEPENDS_ON_COMPANY', /beside them/],
    ['centres each batch on its mean', async (images) => { const answers = await retrained(images); const mean = answers.reduce((sum, value) => sum + value, 0) / answers.length; return answers.map((value) => value - mean) }, 'ENDPOINT_DEPENDS_ON_COMPANY', /beside them/],
    ['answers the views of the audit from a table', byPicture(original, (picture, answer) => (prepared.has(keyOf(picture)) ? hashed(picture, 1) : answer)), 'ENDPOINT_RECOGNISES_PICTURES', /looked up|jumps/],
    ['answers whatever resembles a known picture with a fake', byPicture(original, (picture, answer) => (distanceToForget(picture) < 0.55 ? hashed(Float32Array.of(1), 1) : answer)), 'ENDPOINT_RECOGNISES_PICTURES', /jumps|looked up/],
    ['adds noise that is the same for the same picture', byPicture(retrained, (picture, answer) => { const noise = hashed(picture, 0.4); return answer.map((value, k) => value + (noise[k] as number)) }), 'ENDPOINT_NOISY', /noise or rounding|ways between held-out/],
    ['rounds its answers', async (images) => (await retrained(images)).map((value) => Math.round(10 * value) / 10), 'ENDPOINT_NOISY', /noise or rounding|ways between held-out/],
  ] // prettier-ignore
  it.each(broken)('one that %s', async (_, endpoint, code, reason) => {
    for (const [before, after] of [
      [original, endpoint],
      [endpoint, retrained],
    ] as const) {
      // prettier-ignore
      const { verdict, report } = await verdictOf(before, after)
      expect(report.reasons[0]?.message).toMatch(reason)
      expect(report.reasons[0]?.code).toBe(code)
      expect(verdict).toBe('INCONCLUSIVE')
      expect(AuditReport.parse(report)).toEqual(report)
    }
  })

  it('but none that merely answers at half precision', async () => {
    const half: Embed = async (images) => (await retrained(images)).map((value) => Math.round(value * 4096) / 4096)
    expect((await verdictOf(original, half)).verdict).toBe('PASS')
  })
})

describe('an endpoint that stops answering', () => {
  const failingAfter = (answers: number, fault: Error): Embed => {
    let left = answers
    return (images) => (left-- > 0 ? retrained(images) : Promise.reject(fault))
  }
  const timeOut = new EndpointFault('ENDPOINT_TIMED_OUT', 'No answer came within 30 s.')

  it.each([0, 3, 30, 45])('after %d answers is a reason in the report, and is then left alone', async (answers) => {
    const audit = toyAudit(world, original, failingAfter(answers, timeOut))
    let asked = 0
    const counting: Embed = (images) => {
      asked += 1
      return audit.after.embed(images)
    }
    const after = { ...audit.after, embed: counting, embedFeatures: undefined }
    const { report } = await runAudit({ ...audit, after })
    expect(report.verdict).toBe('INCONCLUSIVE')
    expect(report.reasons[0]).toMatchObject({ code: 'ENDPOINT_TIMED_OUT' })
    expect(report.reasons[0]?.message).toContain('no answer came within 30 s')
    expect(asked).toBe(answers + 1)
    expect(AuditReport.parse(report)).toEqual(report)
  })

  it('keeps what whole views showed before, and no test of it decides', async () => {
    const audit = toyAudit(world, original, retrained)
    // Six questions a view: one of the forget set, four of the held-out set, one of known members.
    const after = { ...audit.after, embed: failingAfter(20, timeOut), embedFeatures: undefined }
    const { report } = await runAudit({ ...audit, after })
    const measured = report.tests.find(({ id }) => id === 'A4-residual-membership')
    expect(measured).toMatchObject({ outcome: 'inconclusive' })
    expect(measured?.detail).toMatch(/incomplete answers/)
    expect(measured?.effect.value).toBeGreaterThan(0.4)
    expect(measured?.effect.value).toBeLessThan(0.6)
    expect(report.models[0]?.membershipAuc.value).toBeGreaterThan(0.6)
  })

  it('ends the audit with its own error where that says nothing about the endpoint', async () => {
    const refusing: Embed = () => Promise.reject(new Error('out of memory'))
    await expect(runAudit(toyAudit(world, original, refusing))).rejects.toThrow('out of memory')
  })
})

describe('answers in store', () => {
  it('are not asked for again: a cut-off audit goes on where it was, to the same report', async () => {
    const kept = new Map<string, Float32Array>()
    const store = {
      get: (key: string) => Promise.resolve(kept.get(key) ?? null),
      put: (key: string, answer: Float32Array) => Promise.resolve(void kept.set(key, answer)),
    }
    const whole = await runAudit(toyAudit(world, original, retrained))
    let left = 40
    const dying: Embed = (images) => (left-- > 0 ? retrained(images) : Promise.reject(new Error('power cut')))
    await expect(runAudit({ ...toyAudit(world, original, dying), store })).rejects.toThrow('power cut')
    expect(kept.size).toBeGreaterThan(50)
    const { report } = await runAudit({ ...toyAudit(world, original, retrained), store })
    expect(report.asked?.[1]?.remembered).toBeGreaterThan(1000)
    // What was asked is among the data, and so in their digest.
    const { asked, data } = whole.report
    expect({ ...report, asked, data }).toEqual(whole.report)
  })

  it('that the endpoint no longer gives are found out', async () => {
    const kept = new Map<string, Float32Array>()
    const store = {
      get: (key: string) => Promise.resolve(kept.get(key) ?? null),
      put: (key: string, answer: Float32Array) => Promise.resolve(void kept.set(key, answer)),
    }
    await runAudit({ ...toyAudit(world, original, original), store })
    const { report } = await runAudit({ ...toyAudit(world, original, retrained), store })
    expect(report.reasons[0]?.code).toBe('ENDPOINT_DEPENDS_ON_COMPANY')
  })
})

describe('attested weights', () => {
  const digest = 'a'.repeat(64) as never
  const challenge = { publicValue: 'beacon 4711' }
  const attested = (embed: Embed | undefined, of: Embed) => {
    const audit = toyAudit(world, original, of)
    return {
      ...audit,
      challenge,
      before: { ...audit.before, attested: { digest, embed: original } },
      after: { ...audit.after, attested: { digest, embed } },
    }
  }

  it('bind the endpoint: the same weights pass, others do not, on pictures derived from digest and challenge', async () => {
    const { report } = await runAudit(attested(retrained, retrained))
    expect(report.tests[0]).toMatchObject({ id: 'A0-endpoint-integrity', outcome: 'met' })
    expect(report.limits).not.toContain('endpoint-not-bound-to-weights')
    expect(report.views).toMatchObject({ challenge: { weightsDigests: [digest, digest], publicValue: 'beacon 4711' } })
    expect(report.views?.seed).not.toBe(report.policy.seed)
    const other = byPicture(retrained, (picture, answer) => answer.map((value, k) => value + 0.2 * Math.sin(3 * (picture[k] as number)))) // prettier-ignore
    expect((await runAudit(attested(retrained, other))).report.reasons[0]?.code).toBe('ENDPOINT_NOT_ATTESTED')
  })

  it('are what a challenge needs, and what an audit without them does not claim', async () => {
    const audit = toyAudit(world, original, retrained)
    await expect(runAudit({ ...audit, challenge })).rejects.toMatchObject({ code: 'AUDIT_NOT_ATTESTED' })
    expect((await runAudit(audit)).report.limits).toContain('endpoint-not-bound-to-weights')
  })
})
