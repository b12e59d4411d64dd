import { expect, it } from 'vitest'
import { type DescendantVersion, dispose } from './erasure-closure.js'

const version: DescendantVersion = {
  state: 'RETIRED',
  isDestroyed: false,
  isTrainedAnew: false,
  hasPassed: false,
  isRetained: false,
  isCovered: true,
}

it.each([
  ['the parent that was unlearned goes', {}, { kind: 'destroy' }],
  ['a comparison, a rejected candidate, a last good checkpoint go', { state: 'REJECTED' }, { kind: 'destroy' }],
  ['what passed has forgotten', { state: 'PRODUCTION', hasPassed: true }, { kind: 'settled', state: 'FORGOTTEN' }],
  ['a retrained comparison never learned', { isTrainedAnew: true }, { kind: 'settled', state: 'RETRAINED' }],
  ['what is gone is gone', { isDestroyed: true, isCovered: false }, { kind: 'settled', state: 'DESTROYED' }],
  [
    'what is kept by law is settled, though it serves and remembers',
    { state: 'PRODUCTION', isRetained: true },
    { kind: 'settled', state: 'RETAINED' },
  ],
  ['a covered training is stopped', { state: 'TRAINING' }, { kind: 'stop' }],
  ['an uncovered one blocks', { isCovered: false }, { kind: 'uncovered', why: 'unplanned' }],
  ['an uncovered training blocks', { state: 'TRAINING', isCovered: false }, { kind: 'uncovered', why: 'training' }],
  ['what serves and remembers blocks, planned or not', { state: 'PRODUCTION' }, { kind: 'uncovered', why: 'serves' }],
] as const)('%s', (_, facts, disposition) => {
  expect(dispose({ ...version, ...facts })).toEqual(disposition)
})

it('no state lets a version that remembers pass for covered by itself', () => {
  for (const state of ['TRAINING', 'READY', 'PRODUCTION', 'RETIRED', 'FAILED', 'REJECTED'] as const)
    expect(dispose({ ...version, state, isCovered: false }).kind).toBe('uncovered')
})
