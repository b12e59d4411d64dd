import { describe, expect, it } from 'vitest'
import { contentIdOf, tinyPack } from '../../../../test/kit/tiny-training.js'
import { chooseForgetSet, learnedFrom } from './choose-forget-set.js'

// Of 48 samples the last 16 are held out.
const pack = tinyPack()
const ownerOf = (index: number) => (index % 3 === 0 ? 'studio' : index >= 40 ? 'late' : 'ben')
const samples = Array.from({ length: 48 }, (_, index) =>
  JSON.stringify({ contentId: contentIdOf(index), key: `p${index}`, owner: ownerOf(index) }),
).join('\n')

const ofStudio = (from: number, to: number) =>
  Array.from({ length: 48 }, (_, index) => index)
    .filter((index) => index % 3 === 0 && index >= from && index < to)
    .map(contentIdOf)

describe('an owner’s samples', () => {
  it('are those that the model was trained on; the held-out ones are counted', () => {
    const chosen = chooseForgetSet({ forgetOwner: 'studio' }, samples, learnedFrom(pack, []))
    expect(chosen).toEqual({ forget: ofStudio(0, 32), notLearned: 5 })
  })

  it('do not include what was forgotten before', () => {
    const gone = ofStudio(0, 9)
    const chosen = chooseForgetSet({ forgetOwner: 'studio' }, samples, learnedFrom(pack, gone))
    expect(chosen).toEqual({ forget: ofStudio(9, 32), notLearned: 8 })
  })

  it('are refused where the model was trained on none, and where there are none', () => {
    const choose = (forgetOwner: string) => () => chooseForgetSet({ forgetOwner }, samples, learnedFrom(pack, []))
    expect(choose('late')).toThrow('none of the 6 samples of late')
    expect(choose('nobody')).toThrow('No sample belongs to nobody')
  })

  it('named one by one are taken as named, so that a mistake is not passed over', () => {
    const chosen = chooseForgetSet({ forgetKeys: ['p3', 'p45', 'p3'] }, samples, learnedFrom(pack, []))
    expect(chosen).toEqual({ forget: [contentIdOf(3), contentIdOf(45)], notLearned: 0 })
  })
})
