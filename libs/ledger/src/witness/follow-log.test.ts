import { describe, expect, it } from 'vitest'
import { signLogCheckpoint, verifyLogCheckpoint } from '../signing/log-checkpoint.js'
import { signerFromSeed } from '../signing/log-key.js'
import { leafHash } from '../tree/hash.js'
import { MerkleTree } from '../tree/merkle-tree.js'
import { followLog, type PublishedLog } from './follow-log.js'
import { encodeLogGrowth, parseLogGrowth } from './log-growth.js'

const refusal = (code: string) => expect.objectContaining({ code }) as Error
const log = signerFromSeed('lethe.test/log/a', Buffer.alloc(32, 1))
const rotated = signerFromSeed('lethe.test/log/a', Buffer.alloc(32, 2))
const trusted = [log, rotated]

const treeOf = (size: number, forgedAt?: number) =>
  new MerkleTree(
    Array.from({ length: size }, (_, i) => leafHash(Buffer.from(i === forgedAt ? 'forged' : `entry ${i}`))),
  )
const noteOf = (tree: MerkleTree, size: number, key = log) =>
  signLogCheckpoint({ origin: key.name, size, root: tree.root(size) }, key)

/** A log that published checkpoints of these sizes, each with its growth. */
function published(
  tree: MerkleTree,
  sizes: readonly number[],
  key = log,
): PublishedLog & { notes: Map<number, string> } {
  const growths = new Map(
    sizes.map((size, at) => {
      const oldSize = sizes[at - 1] ?? 0
      return [
        size,
        encodeLogGrowth({ oldSize, path: tree.consistencyProof(oldSize, size), note: noteOf(tree, size, key) }),
      ]
    }),
  )
  return {
    notes: growths,
    latest: () => Promise.resolve(noteOf(tree, sizes.at(-1) ?? 0, key)),
    growth: (size) => Promise.resolve(growths.get(size)),
  }
}
const tree = treeOf(40)
const headOf = (of: MerkleTree, size: number) => verifyLogCheckpoint(noteOf(of, size), [log])

describe('a growth proof', () => {
  const text = encodeLogGrowth({ oldSize: 3, path: tree.consistencyProof(3, 7), note: noteOf(tree, 7) })
  it('comes back as it was written', () => {
    expect(encodeLogGrowth(parseLogGrowth(text))).toBe(text)
    expect(text.startsWith('old 3\n')).toBe(true)
  })
  it.each([
    ['no old size', text.replace('old 3\n', '')],
    ['a leading zero', text.replace('old 3', 'old 03')],
    ['a size beyond 2^53', text.replace('old 3', 'old 9007199254740993')],
    ['a short hash', text.replace(/\n(\S{40})\S{4}\n/, '\n$1\n')],
    ['no empty line', text.replaceAll('\n\n', '\n')],
    [
      'too many hashes',
      text.replace('old 3\n', `old 3\n${`${leafHash(Buffer.of(1)).toString('base64')}\n`.repeat(64)}`),
    ],
    ['nothing', ''],
  ])('with %s is refused', (_, changed) => {
    expect(() => parseLogGrowth(changed)).toThrow(refusal('GROWTH_MALFORMED'))
  })
})

describe('a witness', () => {
  it('goes from the beginning, and then from what it saw, over every checkpoint in between', async () => {
    const first = await followLog(published(tree, [1, 4, 9]), undefined, trusted)
    expect(first).toMatchObject({ steps: 3, isFirstSight: false, head: { size: 9 } })
    const second = await followLog(published(tree, [1, 4, 9, 10, 33]), first.head, trusted)
    expect(second).toMatchObject({ steps: 2, isFirstSight: false, head: { size: 33 } })
    expect(await followLog(published(tree, [1, 4, 9, 10, 33]), second.head, trusted)).toMatchObject({ steps: 0 })
  })
  it('follows over a change of key, as long as both are trusted', async () => {
    const after = published(tree, [4, 9, 20], rotated)
    expect(await followLog(after, headOf(tree, 9), trusted)).toMatchObject({ head: { size: 20 } })
    await expect(followLog(after, headOf(tree, 9), [log])).rejects.toThrow(refusal('UNTRUSTED'))
  })
  it('says so when it must take the past on trust', async () => {
    const late = published(tree, [4, 9, 20])
    late.notes.delete(4)
    expect(await followLog(late, undefined, trusted)).toMatchObject({ isFirstSight: true, steps: 2 })
  })
  it('refuses a log that is smaller than it was', async () => {
    await expect(followLog(published(tree, [4, 9]), headOf(tree, 20), trusted)).rejects.toThrow(
      refusal('LOG_ROLLED_BACK'),
    )
  })
  it('refuses another head of the size that it saw', async () => {
    const other = published(treeOf(40, 2), [4, 9])
    await expect(followLog(other, headOf(tree, 9), trusted)).rejects.toThrow(refusal('LOG_FORKED'))
  })
  it('refuses a log that was rewritten below what it saw, with proofs of its own', async () => {
    const rewritten = published(treeOf(40, 2), [4, 9, 20])
    await expect(followLog(rewritten, headOf(tree, 9), trusted)).rejects.toThrow(refusal('LOG_FORKED'))
  })
  it('refuses a log whose checkpoints pass over the size that it saw', async () => {
    const passing = published(tree, [4, 20])
    await expect(followLog(passing, headOf(tree, 9), trusted)).rejects.toThrow(refusal('LOG_FORKED'))
  })
  it('refuses checkpoints between which nothing proves growth', async () => {
    const holed = published(tree, [4, 9, 20, 30])
    holed.notes.delete(20)
    await expect(followLog(holed, headOf(tree, 9), trusted)).rejects.toThrow(refusal('GROWTH_UNPROVEN'))
  })
  it('refuses a growth proof that goes round in circles, and one of another checkpoint', async () => {
    const circling = published(tree, [4, 9, 20])
    circling.notes.set(9, encodeLogGrowth({ oldSize: 20, path: [], note: noteOf(tree, 9) }))
    await expect(followLog(circling, undefined, trusted)).rejects.toThrow(refusal('GROWTH_MALFORMED'))
    const swapped = published(tree, [4, 9, 20])
    swapped.notes.set(20, swapped.notes.get(9) ?? '')
    await expect(followLog(swapped, headOf(tree, 4), trusted)).rejects.toThrow(refusal('LOG_FORKED'))
  })
  it('refuses another log, and one that nobody it trusts signed', async () => {
    const other = signerFromSeed('lethe.test/log/b', Buffer.alloc(32, 1))
    await expect(followLog(published(tree, [9], other), headOf(tree, 4), [log, other])).rejects.toThrow(
      refusal('LOG_FORKED'),
    )
    await expect(followLog(published(tree, [9], other), undefined, trusted)).rejects.toThrow(refusal('UNTRUSTED'))
  })
})
