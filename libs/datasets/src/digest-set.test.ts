import { describe, expect, it } from 'vitest'
import { contentId } from './content-id.js'
import { DigestSet } from './digest-set.js'

describe('DigestSet', () => {
  it('knows exactly what was added, also after growing many times', () => {
    const set = new DigestSet()
    const digest = (i: number) => contentId(Buffer.from(String(i)))
    const count = (from: number, to: number, holds: (hex: string) => boolean) =>
      Array.from({ length: to - from }, (_, i) => digest(from + i)).filter(holds).length
    expect(count(0, 20_000, (hex) => set.add(hex))).toBe(20_000)
    expect(count(0, 20_000, (hex) => set.has(hex))).toBe(20_000)
    expect(count(20_000, 40_000, (hex) => set.has(hex))).toBe(0)
    expect(set.add(digest(5))).toBe(false)
    expect(set.size).toBe(20_000)
  })

  it('tells digests apart that agree in their first or last words, zeros included', () => {
    const set = new DigestSet()
    const digests = ['0'.repeat(64), '0'.repeat(31) + '1' + '0'.repeat(32), '1' + '0'.repeat(63), 'f'.repeat(64)]
    expect(digests.map((digest) => set.add(digest))).toEqual([true, true, true, true])
    expect(digests.map((digest) => set.add(digest))).toEqual([false, false, false, false])
  })
})
