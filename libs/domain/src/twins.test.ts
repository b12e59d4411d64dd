import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ContentId } from './ids.js'
import { assignTwins, commitToTwinSeed, pairTwins, verifyTwinCommitment, type TwinCandidate } from './twins.js'

const idOf = (name: string) => createHash('sha256').update(name).digest('hex') as ContentId
const seed = (fill: number) => new Uint8Array(32).fill(fill)
const candidate = (name: string, changes: Partial<TwinCandidate> = {}): TwinCandidate => ({
  contentId: idOf(name),
  twin: null,
  nearDuplicateOf: null,
  isTrained: true,
  ...changes,
})
const many = Array.from({ length: 1000 }, (_, pair) => [candidate(`a${pair}`, { twin: `${pair}` }), candidate(`b${pair}`, { twin: `${pair}` })]).flat() // prettier-ignore

describe('twins', () => {
  it('are dealt by fair coins that the seed alone decides', () => {
    const pairs = pairTwins(many, 'metadata')
    const dealt = assignTwins(pairs, seed(1))
    expect(assignTwins(pairTwins([...many].reverse(), 'metadata'), seed(1))).toEqual(dealt)
    const heads = dealt.filter(({ member }, k) => member === pairs[k]?.first).length
    expect(Math.abs(heads - 500)).toBeLessThan(50)
    const agreeing = assignTwins(pairs, seed(2)).filter(({ member }, k) => member === dealt[k]?.member).length
    expect(Math.abs(agreeing - 500)).toBeLessThan(50)
  })

  it('are bound by a commitment that no other seed opens', () => {
    const commitment = commitToTwinSeed(seed(1))
    expect(commitment).toBe(createHash('sha256').update(seed(1)).digest('hex'))
    expect(verifyTwinCommitment(seed(1), commitment)).toBe(true)
    expect(verifyTwinCommitment(seed(2), commitment)).toBe(false)
    expect(verifyTwinCommitment(seed(1).subarray(1), commitment)).toBe(false)
    expect(() => commitToTwinSeed(new Uint8Array(4))).toThrow(
      expect.objectContaining({ code: 'TWIN_SEED_INVALID' }) as Error,
    )
  })

  it('come in pairs: a name that one or three samples bear is refused', () => {
    const lonely = [candidate('a', { twin: 'x' })]
    const crowd = ['a', 'b', 'c'].map((name) => candidate(name, { twin: 'x' }))
    for (const samples of [lonely, crowd])
      expect(() => pairTwins(samples, 'metadata')).toThrow(expect.objectContaining({ code: 'TWINS_INVALID' }) as Error)
    expect(pairTwins([...lonely.map((sample) => ({ ...sample, isTrained: false }))], 'metadata')).toEqual([])
  })

  it('by resemblance: each sample is in one pair at most, and only with one that is trained on', () => {
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(idOf) as [
      ContentId,
      ContentId,
      ContentId,
      ContentId,
      ContentId,
    ]
    const samples = [
      candidate('a'),
      candidate('b', { nearDuplicateOf: a }),
      candidate('c', { nearDuplicateOf: a }),
      candidate('d', { isTrained: false }),
      candidate('e', { nearDuplicateOf: d }),
    ]
    const found = pairTwins(samples, 'near-duplicate').map(({ first, second }) => [first, second].sort())
    expect(found).toEqual([[a, b].sort()])
    expect(found.flat()).not.toContain(c)
    expect(found.flat()).not.toContain(e)
  })
})
