import { AuditPolicy, completePolicy, randomStream, type PackedImages } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { Answers } from '../probe/ask.js'
import { nearestRows } from './nearest-neighbours.js'
import { measureNeighbours, testNeighbours, type PlainSets } from './neighbours.js'
import { countShared } from './set-overlap.js'
import { chooseThreshold, shareTakenForUnseen } from './threshold-membership.js'
import { findViews, testUtility } from './utility.js'

const policy = completePolicy(AuditPolicy.parse({ version: 1, resamples: 300 }))
const gaussian = (seed: number) => {
  const random = randomStream(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function points(count: number, seed: number, change: (value: number, index: number) => number = (value) => value): Answers {
  const gauss = gaussian(seed)
  const unit = Float32Array.from({ length: count * 8 }, (_, index) => change(gauss(), index))
  for (let row = 0; row < count; row++) {
    const length = Math.hypot(...unit.subarray(row * 8, row * 8 + 8))
    for (let k = row * 8; k < row * 8 + 8; k++) unit[k] = (unit[k] as number) / length
  }
  return { count, dimension: 8, unit, defect: null }
} // prettier-ignore

describe('EncoderMI by a threshold', () => {
  it('puts the threshold where members and strangers part best', () => {
    expect(chooseThreshold(Float64Array.of(5, 6, 7), Float64Array.of(1, 2, 3))).toBe(5)
    expect(chooseThreshold(Float64Array.of(2, 6, 7), Float64Array.of(1, 3, 4))).toBe(6)
    // Nothing parts these: nobody is taken for a member.
    expect(chooseThreshold(Float64Array.of(1, 2), Float64Array.of(8, 9))).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes as many forgotten pictures for unseen as held-out ones where nothing is left, and fewer where something is', () => {
    const gauss = gaussian(3)
    const draw = (count: number, shift: number) => Float64Array.from({ length: count }, () => gauss() + shift)
    const [members, heldOut] = [draw(200, 1.5), draw(600, 0)]
    const clean = shareTakenForUnseen({ forget: draw(300, 0), heldOut, members }, policy)
    expect(Math.abs(clean.value - clean.ofHeldOut)).toBeLessThan(0.08)
    expect(clean.interval?.[1]).toBeGreaterThan(clean.value)
    expect(shareTakenForUnseen({ forget: draw(300, 1.5), heldOut, members }, policy).value).toBeLessThan(0.4)
  })
})

describe('neighbours', () => {
  it('come nearest first, without oneself, and the lower row wins a tie', () => {
    const line: Answers = {
      count: 4,
      dimension: 2,
      unit: Float32Array.of(1, 0, 0.8, 0.6, 0.8, 0.6, 0, 1),
      defect: null,
    }
    expect([...nearestRows(line, line, 2, { skipsOwn: true }).rows]).toEqual([1, 2, 2, 0, 1, 0, 1, 2])
    expect([...nearestRows(line, line, 9).rows].slice(0, 4)).toEqual([0, 1, 2, 3])
    expect(nearestRows(line, line, 2, { among: [] })).toMatchObject({ k: 0 })
  })

  const judge = (before: PlainSets, after: PlainSets) => {
    const kept = measureNeighbours(before, after)
    return kept && testNeighbours(kept, policy)
  }
  const sets = { forget: points(20, 1), heldOut: points(300, 2), retain: points(200, 3) }

  it('that move no more than held-out pictures are met; those that are scattered are not', () => {
    expect(judge(sets, sets)).toMatchObject({ outcome: 'met', effect: { value: 0 } })
    const beside = new Set(nearestRows(sets.forget, sets.retain, 3).rows)
    const gauss = gaussian(9)
    const scattered = points(200, 3, (value, index) => (beside.has(Math.floor(index / 8)) ? gauss() : value))
    expect(judge(sets, { ...sets, retain: scattered })).toMatchObject({ outcome: 'not-met' })
  })

  it('cannot be asked for without retained pictures', () => {
    const none = { ...sets, retain: points(0, 1) }
    expect(judge(none, none)).toBeNull()
  })
})

describe('utility', () => {
  const correct = (values: readonly number[]) => ({ by: 'labels' as const, values: Float64Array.from(values) })
  const answers = (count: number, right: number) =>
    correct(Array.from({ length: count }, (_, k) => (k < right ? 1 : 0)))

  it('is met, lost or uncertain by exact bounds, and says when the questions are too few', () => {
    expect(testUtility(answers(400, 300), answers(400, 298), policy)).toMatchObject({ outcome: 'met' })
    expect(testUtility(answers(400, 300), answers(400, 240), policy)).toMatchObject({ outcome: 'not-met' })
    expect(testUtility(answers(400, 300), answers(400, 285), policy)).toMatchObject({ outcome: 'inconclusive' })
    // Nothing changed, and still nothing is shown.
    const few = testUtility(answers(40, 30), answers(40, 30), policy)
    expect(few).toMatchObject({ outcome: 'inconclusive', code: 'TOO_FEW_QUESTIONS' })
    expect(few.detail).toMatch(/82 or more are needed/)
    expect(few.effect.interval?.[0]).toBeLessThan(0)
  })

  it('without labels finds views where there is something to find, and nothing where all answers are alike', () => {
    const [first, noise] = [points(200, 5).unit, points(200, 6).unit]
    const near = first.map((value, k) => value + 0.05 * (noise[k] as number))
    const found = findViews({ count: 200, dimension: 8, views: [first, near] }).values
    expect(found.filter((value) => value === 1).length).toBeGreaterThan(180)
    const alike = new Float32Array(1600).fill(0.35)
    expect(findViews({ count: 200, dimension: 8, views: [alike, alike] }).values.some((value) => value === 1)).toBe(
      false,
    )
  })
})

describe('countShared', () => {
  const random = randomStream(4)
  const pictures = (count: number): PackedImages => ({
    data: Uint8Array.from({ length: count * 10 * 9 * 3 }, () => 20 + 200 * random()),
    count,
    height: 10,
    width: 9,
    channels: 3,
  })
  const [first, second] = [pictures(30), pictures(40)]
  const withCopies = (change: (value: number, index: number) => number) => ({
    ...second,
    data: second.data.map((value, index) => (index < 5 * 270 ? change(first.data[index] as number, index) : value)),
  })

  it('finds copies and re-encodings, whatever the size of the picture', () => {
    expect(countShared(first, second)).toBe(0)
    expect(
      countShared(
        first,
        withCopies((value) => value),
      ),
    ).toBe(5)
    expect(
      countShared(
        first,
        withCopies((value, index) => value + (index % 4) - 2),
      ),
    ).toBe(5)
  })

  it('takes few changed pixels, or a little everywhere, for another picture', () => {
    expect(
      countShared(
        first,
        withCopies((value, index) => (index % 270 < 3 ? 255 - value : value)),
      ),
    ).toBeLessThan(5)
    expect(
      countShared(
        first,
        withCopies((value) => value + 4),
      ),
    ).toBe(0)
    expect(countShared(first, { ...withCopies((value) => value), width: 10, height: 9 })).toBe(0)
  })
})
