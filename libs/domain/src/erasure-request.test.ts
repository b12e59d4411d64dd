import { expect, it } from 'vitest'
import {
  assertMayMove,
  assertMayTake,
  ErasureState,
  ErasureStep,
  isFinal,
  mayMove,
  mayTake,
} from './erasure-request.js'

const states = ErasureState.options

it('closed requests allow nothing more', () => {
  expect(states.filter(isFinal)).toEqual(['FULFILLED', 'REJECTED', 'WITHDRAWN'])
  for (const closed of states.filter(isFinal)) expect(states.some((to) => mayMove(closed, to))).toBe(false)
})

it('nothing runs before identity is verified, a plan exists and it is approved', () => {
  const intoUnlearning = states.filter((from) => mayMove(from, 'UNLEARNING'))
  expect(intoUnlearning).toEqual(['APPROVED', 'BLOCKED'])
  expect(states.filter((from) => mayMove(from, 'APPROVED'))).toEqual(['PLANNED'])
  expect(states.filter((from) => mayMove(from, 'VERIFIED'))).toEqual(['RECEIVED', 'IDENTITY_PENDING'])
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
  expect(() => assertMayMove('RECEIVED', 'FULFILLED')).toThrowError(
    /allowed: IDENTITY_PENDING, VERIFIED, REJECTED, WITHDRAWN/,
  )
  expect(() => assertMayMove('RECEIVED', 'VERIFIED')).not.toThrow()
})

/** Every pair of a state and a step: + it is taken, · it is refused. */
const table = `
                    beginIdentityCheck sendIdentityChallenge verifyIdentity planErasure approveErasure batchErasures leaveErasureBatch rejectErasure withdrawErasure retryErasure
  RECEIVED          +                  +                     +              ·           ·              ·             ·                 +             +               ·
  IDENTITY_PENDING  ·                  +                     +              ·           ·              ·             ·                 +             +               ·
  VERIFIED          ·                  ·                     ·              +           ·              ·             ·                 +             +               ·
  PLANNED           ·                  ·                     ·              +           +              +             +                 +             +               ·
  APPROVED          ·                  ·                     ·              ·           ·              ·             +                 ·             +               ·
  UNLEARNING        ·                  ·                     ·              ·           ·              ·             ·                 ·             +               ·
  AUDITING          ·                  ·                     ·              ·           ·              ·             ·                 ·             +               ·
  ERASING           ·                  ·                     ·              ·           ·              ·             ·                 ·             ·               ·
  BLOCKED           ·                  ·                     ·              +           ·              ·             ·                 +             +               +
  FULFILLED         ·                  ·                     ·              ·           ·              ·             ·                 ·             ·               ·
  REJECTED          ·                  ·                     ·              ·           ·              ·             ·                 ·             ·               ·
  WITHDRAWN         ·                  ·                     ·              ·           ·              ·             ·                 ·             ·               ·`

it('every step is taken in the states of the table and refused in all others, by name', () => {
  const [head = [], ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  expect(head).toEqual(ErasureStep.options)
  expect(rows.map(([state]) => state)).toEqual(states)
  for (const [name, ...marks] of rows)
    for (const [column, mark] of marks.entries()) {
      const [state, step] = [ErasureState.parse(name), ErasureStep.parse(head[column])]
      expect(mayTake(step, state), `${step} of ${state}`).toBe(mark === '+')
      if (mark === '+') expect(() => assertMayTake(step, state)).not.toThrow()
      else expect(() => assertMayTake(step, state)).toThrowError(new RegExp(`${step} .*this one is ${state}`))
    }
})
