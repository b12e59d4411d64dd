import { z } from 'zod'
import { DomainError } from './errors.js'

export const ErasureState = z.enum([
  'RECEIVED',
  'VERIFIED',
  'PLANNED',
  'APPROVED',
  'UNLEARNING',
  'AUDITING',
  'ERASING',
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
  APPROVED: ['UNLEARNING', 'ERASING', 'WITHDRAWN', 'BLOCKED'],
  UNLEARNING: ['AUDITING', 'BLOCKED', 'WITHDRAWN'],
  AUDITING: ['ERASING', 'BLOCKED', 'WITHDRAWN'],
  // What is deleted cannot be taken back.
  ERASING: ['FULFILLED', 'BLOCKED'],
  BLOCKED: ['UNLEARNING', 'AUDITING', 'ERASING', 'PLANNED', 'REJECTED', 'WITHDRAWN'],
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
