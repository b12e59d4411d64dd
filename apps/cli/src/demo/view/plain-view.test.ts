import { expect, it } from 'vitest'
import { createPlainView } from './plain-view.js'

it('prints one line for every tenth of a run, with loss, speed and what is left', () => {
  const lines: string[] = []
  const view = createPlainView((line) => lines.push(line))
  for (let epoch = 1; epoch <= 100; epoch++)
    view.progress('run', 'Training', {
      phase: 'train',
      fraction: epoch / 100,
      epoch,
      epochs: 100,
      loss: 5 / epoch,
      samplesPerSecond: 512.4,
      etaSeconds: 100 - epoch,
    })
  view.finish('run', 'Training', 'done in 100.0 s')
  expect(lines).toHaveLength(12)
  expect(lines[5]).toBe('  Training: 50 % · train · epoch 50/100 · loss 0.100 · 512 images/s · 50 s left')
  expect(lines[0]).toContain('1 min 39 s left')
  expect(lines.at(-1)).toBe('  Training: done in 100.0 s')
})

it('starts anew for another run', () => {
  const lines: string[] = []
  const view = createPlainView((line) => lines.push(line))
  for (const run of ['one', 'two']) view.progress(run, run, { phase: 'train', fraction: 0.5 })
  expect(lines).toEqual(['  one: 50 % · train', '  two: 50 % · train'])
})
