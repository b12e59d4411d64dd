import { z } from 'zod'
import type { ClosureState } from './evidence/closure.js'

/** What can derive from forgotten samples. */
export const ErasureThingKind = z.enum([
  /** The archive that was uploaded, as it came. */
  'dataset-upload',
  /** The pack that holds them; one without them takes its place. */
  'dataset-pack',
  /** The list by which ingest told of its samples. */
  'sample-list',
  /** Their rows: content id, key, label, whose they are. */
  'samples',
  /** Weights and training state: optimizer, momentum encoder, negative queue. */
  'model-version',
  /** Entries of the embedding service for versions that remember. */
  'deployments',
  /** What interrupted runs would have gone on from. */
  'resume-points',
  /** The content ids of the request, as the blob that tasks are given. */
  'forget-set',
  /** And as rows. */
  'forget-set-rows',
  /** Digests of what the request was raised with, kept for repeats of it. */
  'idempotency-keys',
  /** Reports, matrices and scores. */
  'audit-records',
  /** The request's row: number, counts, digests, decisions. */
  'request-record',
])
export type ErasureThingKind = z.infer<typeof ErasureThingKind>

/** Where a thing lies; each store gives receipts of its own. */
export const ErasureStore = z.enum(['artifacts', 'database', 'bus'])
export type ErasureStore = z.infer<typeof ErasureStore>

export const storeOf: Readonly<Record<ErasureThingKind, ErasureStore>> = {
  'dataset-upload': 'artifacts',
  'dataset-pack': 'artifacts',
  'sample-list': 'artifacts',
  samples: 'database',
  'model-version': 'artifacts',
  deployments: 'bus',
  'resume-points': 'bus',
  'forget-set': 'artifacts',
  'forget-set-rows': 'database',
  'idempotency-keys': 'database',
  'audit-records': 'artifacts',
  'request-record': 'database',
}

export const ErasureAction = z.enum(['UNLEARN', 'RETRAIN', 'DESTROY', 'RETAIN'])
export type ErasureAction = z.infer<typeof ErasureAction>

/** Why a proof of erasure may outlive what was erased. */
export const PROOF_BASIS =
  'Proof that the erasure took place: GDPR Art. 5(2) (accountability) and Art. 17(3)(e) (legal claims). Holds no picture and no content id.'

/** A model version that learned from forgotten samples, or was made from one that did. */
export interface DescendantVersion {
  readonly state: 'TRAINING' | 'READY' | 'PRODUCTION' | 'RETIRED' | 'FAILED' | 'REJECTED'
  readonly isDestroyed: boolean
  /** The version, or the ancestor by which the forget set came to be left out, was trained from nothing without it. */
  readonly isTrainedAnew: boolean
  /** The version, or that ancestor, was made to forget and its audit passed. */
  readonly hasPassed: boolean
  /** Kept by the plan, for a reason in law. */
  readonly isRetained: boolean
  /** Named by the plan, made by the request's own runs, or made from a version of which one of these holds. */
  readonly isCovered: boolean
}

/** What is so, or has to be done, before a request can be closed. */
export type Disposition =
  | { readonly kind: 'settled'; readonly state: Exclude<ClosureState, 'NOT_COVERED'> }
  /** Remembers, and the plan says that it goes. */
  | { readonly kind: 'destroy' }
  /** Is still being trained, and goes when that has ended. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'uncovered'; readonly why: 'serves' | 'training' | 'unplanned' }

/** A version that is not shown to have forgotten counts as one that remembers. */
export function dispose(version: DescendantVersion): Disposition {
  if (version.isDestroyed) return { kind: 'settled', state: 'DESTROYED' }
  if (version.isTrainedAnew) return { kind: 'settled', state: 'RETRAINED' }
  if (version.hasPassed) return { kind: 'settled', state: 'FORGOTTEN' }
  if (version.isRetained) return { kind: 'settled', state: 'RETAINED' }
  if (version.state === 'PRODUCTION') return { kind: 'uncovered', why: 'serves' }
  if (!version.isCovered) return { kind: 'uncovered', why: version.state === 'TRAINING' ? 'training' : 'unplanned' }
  return version.state === 'TRAINING' ? { kind: 'stop' } : { kind: 'destroy' }
}
