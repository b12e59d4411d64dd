import { expect, it } from 'vitest'
import { assertMayMove, ErasureState, isFinal, mayMove } from './erasure-request.js'

const states = ErasureState.options

it('closed requests allow nothing more', () => {
  expect(states.filter(isFinal)).toEqual(['FULFILLED', 'REJECTED', 'WITHDRAWN'])
  for (const closed of states.filter(isFinal)) expect(states.some((to) => mayMove(closed, to))).toBe(false)
})

it('nothing runs before identity is verified, a plan exists and it is approved', () => {
  const intoUnlearning = states.filter((from) => mayMove(from, 'UNLEARNING'))
  expect(intoUnlearning).toEqual(['APPROVED', 'BLOCKED'])
  expect(states.filter((from) => mayMove(from, 'APPROVED'))).toEqual(['PLANNED'])
  expect(states.filter((from) => mayMove(from, 'VERIFIED'))).toEqual(['RECEIVED'])
})

it('an unlearning is never fulfilled without an audit', () => {
  expect(mayMove('UNLEARNING', 'FULFILLED')).toBe(false)
  expect(mayMove('BLOCKED', 'FULFILLED')).toBe(false)
})

it('nothing is fulfilled before it was erased, and what is erased cannot be taken back', () => {
  expect(states.filter((from) => mayMove(from, 'FULFILLED'))).toEqual(['ERASING'])
  expect(states.filter((from) => mayMove(from, 'ERASING'))).toEqual(['APPROVED', 'AUDITING', 'BLOCKED'])
  expect(states.filter((to) => mayMove('ERASING', to))).toEqual(['BLOCKED', 'FULFILLED'])
})

it('an illegal move names the moves that are legal', () => {
  expect(() => assertMayMove('RECEIVED', 'FULFILLED')).toThrowError(/allowed: VERIFIED, REJECTED, WITHDRAWN/)
  expect(() => assertMayMove('RECEIVED', 'VERIFIED')).not.toThrow()
})
