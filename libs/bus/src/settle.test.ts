import { DomainError } from '@lethe/domain'
import { expect, it } from 'vitest'
import { classify, defaultRetryPolicy, TaskInterrupt } from './settle.js'

const quiet = new AbortController().signal
const after = (why: TaskInterrupt['why']): AbortSignal => AbortSignal.abort(new TaskInterrupt(why))
const kindOf = (error: unknown, signal: AbortSignal, counted = 1): string =>
  classify(error, signal, counted, defaultRetryPolicy).kind

it('explains whatever was thrown after an interruption by the interruption', () => {
  expect(kindOf(new Error('torn down'), after('cancelled'))).toBe('cancelled')
  expect(kindOf(new DomainError('X', 'x'), after('shutdown'))).toBe('handed-back')
  expect(kindOf(new Error('torn down'), after('superseded'))).toBe('superseded')
})

it('ends the run on an expected refusal and keeps its code, message and field', () => {
  expect(classify(new DomainError('FORGET_SET_EMPTY', 'Choose.', 'forget'), quiet, 1, defaultRetryPolicy)).toEqual({
    kind: 'refused',
    failure: { code: 'FORGET_SET_EMPTY', message: 'Choose.', field: 'forget' },
  })
})

it('tries an accident again with growing pauses, five times in all', () => {
  const delays = [1, 2, 3, 4].map((counted) => classify(new Error('boom'), quiet, counted, defaultRetryPolicy))
  expect(delays).toEqual([1000, 5000, 15_000, 30_000].map((delayMs) => ({ kind: 'retry', delayMs })))
  expect(kindOf(new Error('boom'), quiet, 5)).toBe('exhausted')
})

it('tells a tenant nothing of what an accident said', () => {
  const settlement = classify(new Error('sample 4711 of anna@example.org'), quiet, 5, defaultRetryPolicy)
  expect(JSON.stringify(settlement)).not.toContain('anna')
})

it('leaves the message alone when another worker has the run, whatever else happened', () => {
  expect(kindOf(new DomainError('ATTEMPT_SUPERSEDED', ''), quiet, 5)).toBe('superseded')
})
