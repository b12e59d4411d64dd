import { expect, it } from 'vitest'
import { addObservation, nothingSeen } from './add-observation'

type Observation = Parameters<typeof addObservation>[1]

const at = (attempt: number, fraction: number, loss: number | null): Observation => ({
  runId: 'run',
  attempt,
  worker: 'w',
  device: 'cpu',
  at: '2026-01-01T00:00:00Z',
  progress: { phase: 'train', fraction, loss },
})

const follow = (...observations: Observation[]) => observations.reduce(addObservation, nothingSeen)

it('gathers one point a share and passes by observations without a loss', () => {
  expect(follow(at(1, 0.1, 5), at(1, 0.2, null), at(1, 0.3, 4)).losses).toEqual([
    { at: 10, loss: 5 },
    { at: 30, loss: 4 },
  ])
})

it('begins again with a new attempt, and replaces what is told twice', () => {
  expect(follow(at(1, 0.1, 5), at(1, 0.2, 4), at(2, 0.2, 3)).losses).toEqual([{ at: 20, loss: 3 }])
  expect(follow(at(1, 0.1, 5), at(1, 0.2, 4), at(1, 0.2, 3)).losses).toEqual([
    { at: 10, loss: 5 },
    { at: 20, loss: 3 },
  ])
})
