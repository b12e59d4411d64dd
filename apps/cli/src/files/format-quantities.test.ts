import { expect, it } from 'vitest'
import { sameCommandWith } from './command-options.js'
import { formatBytes, formatDuration } from './format-quantities.js'
import { describeProgress } from './show-progress.js'

it('says how long in the units that one counts in', () => {
  expect([0, 59.4, 185, 7800].map(formatDuration)).toEqual(['0 s', '59 s', '3 min 5 s', '2 h 10 min'])
})

it('says how much in three digits', () => {
  expect([0, 512, 3_400_000, 1.25e9].map(formatBytes)).toEqual(['0 B', '512 B', '3.40 MB', '1.25 GB'])
})

it('says where a run is in one line, and only what is known', () => {
  const progress = { phase: 'train', fraction: 0.1, epoch: 2, epochs: 20, loss: 4.12344, samplesPerSecond: 812.4 }
  expect(describeProgress({ ...progress, viewWaitShare: 0.031, etaSeconds: 75 })).toBe(
    'epoch 2/20  loss 4.1234  812 pictures/s  3 % waiting for views  1 min 15 s left',
  )
  expect(describeProgress({ phase: 'decode', fraction: 0.5, step: 160 })).toBe('160 samples')
})

it('gives a command again, quoted for a shell, with the word that goes on', () => {
  const argv = ['node', 'lethe', 'train', "Ann's pictures", '--resume', '--out', 'a b']
  expect(sameCommandWith(argv, '--resume')).toBe(`lethe train 'Ann'\\''s pictures' --out 'a b' --resume`)
})
