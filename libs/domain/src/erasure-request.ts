import { z } from 'zod'
import { DomainError } from './errors.js'

export const ErasureState = z.enum([
  'RECEIVED',
  /** The person's identity is being confirmed. */
  'IDENTITY_PENDING',
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
  RECEIVED: ['IDENTITY_PENDING', 'VERIFIED', 'REJECTED', 'WITHDRAWN'],
  IDENTITY_PENDING: ['VERIFIED', 'REJECTED', 'WITHDRAWN'],
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

/** What a person can do to a request. */
export const ErasureStep = z.enum([
  'beginIdentityCheck',
  'sendIdentityChallenge',
  'verifyIdentity',
  'planErasure',
  'approveErasure',
  'batchErasures',
  'leaveErasureBatch',
  'rejectErasure',
  'withdrawErasure',
  'retryErasure',
])
export type ErasureStep = z.infer<typeof ErasureStep>

const leadsTo = {
  beginIdentityCheck: 'IDENTITY_PENDING',
  verifyIdentity: 'VERIFIED',
  planErasure: 'PLANNED',
  rejectErasure: 'REJECTED',
  withdrawErasure: 'WITHDRAWN',
} as const satisfies Partial<Record<ErasureStep, ErasureState>>

/** States in which a step is taken that leaves more than one way open, or none. */
const takenFrom: Record<Exclude<ErasureStep, keyof typeof leadsTo>, readonly ErasureState[]> = {
  // Also of a check that has begun: a link that was lost is sent again.
  sendIdentityChallenge: ['RECEIVED', 'IDENTITY_PENDING'],
  approveErasure: ['PLANNED'],
  batchErasures: ['PLANNED'],
  // Those who are approved already wait for the others.
  leaveErasureBatch: ['PLANNED', 'APPROVED'],
  retryErasure: ['BLOCKED'],
}

const isLeading = (step: ErasureStep): step is keyof typeof leadsTo => step in leadsTo

/** Whether a step can be taken in a state; who takes it, and what else must hold, is another matter. */
export const mayTake = (step: ErasureStep, state: ErasureState): boolean =>
  isLeading(step) ? mayMove(state, leadsTo[step]) : takenFrom[step].includes(state)

/** @throws DomainError ILLEGAL_TRANSITION naming the states in which the step is taken. */
export function assertMayTake(step: ErasureStep, state: ErasureState): void {
  if (mayTake(step, state)) return
  const states = ErasureState.options.filter((candidate) => mayTake(step, candidate)).join(', ')
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    `${step} is for a request that is ${states}; this one is ${state}.`,
    'state',
  )
}

/** How a person was known to be the one whom the data is about. Documents themselves are never kept. */
export const IdentityMethod = z.enum([
  /** By the account that they signed in with. */
  'SIGNED_IN',
  /** By an official document that was shown. */
  'DOCUMENT',
  /** By an answer to a message sent to an address known before. */
  'MAIL_CHALLENGE',
  'OTHER',
])
export type IdentityMethod = z.infer<typeof IdentityMethod>

/** Why a request was turned down, for the record; the words stay with the tenant. */
export const RejectionCode = z.enum([
  'IDENTITY_NOT_CONFIRMED',
  /** GDPR Art. 17(3), or another exemption. */
  'EXEMPT',
  /** GDPR Art. 12(5). */
  'UNFOUNDED_OR_EXCESSIVE',
  /** Another request covers it. */
  'DUPLICATE',
  'OTHER',
])
export type RejectionCode = z.infer<typeof RejectionCode>

/** How two requests ask for the same; the first that holds. */
export const ErasureRelation = z.enum([
  /** They name the very same samples. */
  'SAME_SET',
  /** Some samples are named by both. */
  'OVERLAPPING_SET',
  /** They are about the same person. */
  'SAME_SUBJECT',
])
export type ErasureRelation = z.infer<typeof ErasureRelation>

/** Distinct people who must approve a plan before anything runs; the person who raised the request is not one of them. */
export const REQUIRED_APPROVALS = 2
