import { z } from 'zod'
import { DomainError } from './errors.js'

export const ErasureState = z.enum([
  'RECEIVED',
  'VERIFIED',
  'PLANNED',
  'APPROVED',
  'UNLEARNING',
  'AUDITING',
  'BLOCKED',
  'FULFILLED',
  'REJECTED',
  'WITHDRAWN',
])
export type ErasureState = z.infer<typeof ErasureState>

const next: Record<ErasureState, readonly ErasureState[]> = {
  RECEIVED: ['VERIFIED', 'REJECTED', 'WITHDRAWN'],
  VERIFIED: ['PLANNED', 'REJECTED', 'WITHDRAWN'],
  PLANNED: ['PLANNED', 'APPROVED', 'REJECTED', 'WITHDRAWN'],
  APPROVED: ['UNLEARNING', 'FULFILLED', 'WITHDRAWN', 'BLOCKED'],
  UNLEARNING: ['AUDITING', 'BLOCKED', 'WITHDRAWN'],
  AUDITING: ['FULFILLED', 'BLOCKED', 'WITHDRAWN'],
  BLOCKED: ['UNLEARNING', 'AUDITING', 'PLANNED', 'REJECTED', 'WITHDRAWN'],
  FULFILLED: [],
  REJECTED: [],
  WITHDRAWN: [],
}

export const isFinal = (state: ErasureState): boolean => next[state].length === 0

export const mayMove = (from: ErasureState, to: ErasureState): boolean => next[from].includes(to)

/** @throws DomainError ILLEGAL_TRANSITION naming what is allowed from here. */
export function assertMayMove(from: ErasureState, to: ErasureState): void {
  if (mayMove(from, to)) return
  const allowed = next[from].join(', ') || 'nothing: the request is closed'
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    `A request that is ${from} cannot become ${to}; allowed: ${allowed}.`,
    'state',
  )
}

/** Distinct people who must approve a plan before anything runs; the person who raised the request is not one of them. */
export const REQUIRED_APPROVALS = 2
