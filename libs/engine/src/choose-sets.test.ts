import type { Pack, PackSplit } from '@lethe/datasets'
import type { ContentId } from '@lethe/domain'
import { expect, it } from 'vitest'
import { chooseClasses, chooseForgetAndRetain, chooseHeldOut, chooseTrainSet } from './choose-sets.js'

const id = (letter: string) => letter.repeat(64) as ContentId
const sample = (letter: string, split: PackSplit, group: string | null = null) => ({
  contentId: id(letter),
  label: letter,
  group,
  split,
})
const samples = [
  sample('a', 'train'),
  sample('b', 'held-out'),
  sample('c', 'train'),
  sample('d', 'calibration'),
  sample('e', 'train'),
]
const pack: Pack = {
  images: {
    data: Uint8Array.from({ length: 5 * 3 }, (_, at) => Math.floor(at / 3)),
    count: 5,
    height: 1,
    width: 1,
    channels: 3,
  },
  samples,
}

it('trains on the train split without what was forgotten, picture by picture', () => {
  const train = chooseTrainSet(pack, [id('c')])
  expect(train.contentIds).toEqual([id('a'), id('e')])
  expect([...train.data]).toEqual([0, 0, 0, 4, 4, 4])
  expect(() => chooseTrainSet(pack, [id('a'), id('c'), id('e')])).toThrow(/No sample is left/)
  expect(() => chooseTrainSet(pack, [id('a'), id('c')])).toThrow(/One sample is left .* two or more/)
})

it('parts what is forgotten from what is kept', () => {
  const { forget, retain } = chooseForgetAndRetain(pack, [], [id('c')])
  expect([forget.contentIds, retain.contentIds]).toEqual([[id('c')], [id('a'), id('e')]])
})

it.each([
  ['nothing', [], [], 'FORGET_SET_EMPTY'],
  ['everything', [], [id('a'), id('c'), id('e')], 'RETAIN_SET_EMPTY'],
  ['all that is left', [id('a')], [id('c'), id('e')], 'RETAIN_SET_EMPTY'],
  ['an unknown sample', [], [id('a'), id('f')], 'FORGET_SAMPLES_UNKNOWN'],
  ['a held-out sample', [], [id('b')], 'FORGET_SAMPLES_UNKNOWN'],
  ['a sample that was forgotten before', [id('c')], [id('c')], 'FORGET_SAMPLES_UNKNOWN'],
])('refuses to forget %s, and names no sample', (_, excluded, forget, code) => {
  const refusal = (() => {
    try {
      return chooseForgetAndRetain(pack, excluded, forget)
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toMatchObject({ code, field: 'forget' })
  expect(String(refusal)).not.toMatch(/[0-9a-f]{64}/)
})

it('passes over twins that a coin kept out of training, in every set', () => {
  const images = { ...pack.images, data: Uint8Array.from([...pack.images.data, 5, 5, 5]), count: 6 }
  const dealt = { images, samples: [...samples, sample('f', 'twin')] }
  expect(chooseForgetAndRetain(dealt, [], [id('c'), id('f')])).toEqual(chooseForgetAndRetain(pack, [], [id('c')]))
  expect(() => chooseForgetAndRetain(dealt, [], [id('f')])).toThrow(/empty/)
  expect(chooseTrainSet(dealt, []).contentIds).not.toContain(id('f'))
  expect(chooseHeldOut(dealt, []).contentIds).not.toContain(id('f'))
})

it('holds out what no model saw, and asks for it', () => {
  expect(chooseHeldOut(pack, []).contentIds).toEqual([id('b')])
  expect(() => chooseHeldOut(pack, [id('b')])).toThrow(/held-out/)
})

it('classifies by group where there is one, by repeated labels otherwise, and not at all by names', () => {
  const of = (groups: (string | null)[], labels: string[]) => ({ ...chooseTrainSet(pack, []), groups, labels })
  expect(chooseClasses(of(['x', null], ['1', '2']), of(['y'], ['3']))).toEqual([
    Int32Array.from([0, -1]),
    Int32Array.from([1]),
  ])
  expect(chooseClasses(of([null, null], ['1', '2']), of([null, null], ['1', '2']))).toEqual([
    Int32Array.from([0, 1]),
    Int32Array.from([0, 1]),
  ])
  expect(chooseClasses(of([null], ['1']), of([null], ['2']))).toEqual([null, null])
})

it('passes over what the model never learned or has forgotten, where it is told how much it learned', () => {
  const named = [id('a'), id('b'), id('c'), id('f')]
  const { forget, retain } = chooseForgetAndRetain(pack, [id('c')], named, { learnedCount: 1 })
  expect([forget.contentIds, retain.contentIds]).toEqual([[id('a')], [id('e')]])
  expect(() => chooseForgetAndRetain(pack, [id('c')], named, { learnedCount: 2 })).toThrow(
    expect.objectContaining({ code: 'FORGET_SAMPLES_UNKNOWN' }),
  )
  expect(() => chooseForgetAndRetain(pack, [id('c')], named)).toThrow(/not among the 2/)
})

it('takes what is forgotten in the same run for somebody else for neither forgotten nor retained', () => {
  const { forget, retain } = chooseForgetAndRetain(pack, [], [id('a')], { together: [id('a'), id('c')] })
  expect([forget.contentIds, retain.contentIds]).toEqual([[id('a')], [id('e')]])
  expect(() => chooseForgetAndRetain(pack, [], [id('a')], { together: [id('c'), id('e')] })).toThrow(
    expect.objectContaining({ code: 'RETAIN_SET_EMPTY' }),
  )
})
