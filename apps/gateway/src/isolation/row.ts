import type { SeededData } from '../testing/seed.js'

/** What acme has; every operation of the matrix asks for these things, whoever asks. */
export interface Things extends SeededData {
  readonly tenantId: string
  readonly erasureRequestId: string
  readonly runId: string
  readonly auditId: string
  readonly evidenceBundleId: string
  /** The request's first entry. */
  readonly evidenceSeq: number
  /** A member who may be changed and removed: everybody else is needed to ask. */
  readonly spareUserId: string
  readonly auditorUserId: string
  readonly apiKeyId: string
  readonly ssoProviderId: string
  readonly auditorGrantId: string
  readonly webhookId: string
  readonly webhookDeliveryId: string
}

interface Row {
  /**
   * Variables by name: `$dataset`, `$datasetVersion`, `$model`, `$modelVersion`, `$run`, `$audit`, `$erasureRequest`,
   * `$evidenceBundle` and `$id` (the dataset's) are ids of acme; `$input` is what `input` gives.
   */
  readonly document: string
}

/** A query. Whoever may not do what it requires is refused; that needs no word here. */
export interface QueryRow extends Row {
  /**
   * What a member of another tenant who has the right is answered: null, an empty connection, things of their own, or an
   * error code. Whatever it is, nothing of acme's may be in it.
   */
  readonly foreign: 'null' | 'empty' | 'own' | (string & {})
  /** What a member of acme who has the right is answered: something, a connection that is not empty, or whatever there is. */
  readonly own: 'found' | 'listed' | 'any'
}

export interface MutationRow extends Row {
  /** Less the idempotency key, which is added. */
  readonly input: (things: Things) => object
  /** For the few that take no idempotency key. */
  readonly isKeyless?: true
  /** Code of the refusal that a member of another tenant who has the right is answered; `own` where it is theirs to do. */
  readonly foreign: string
}

export interface SubscriptionRow extends Row {
  /** What a member of another tenant who has the right is told: a refusal's code, or nothing of acme's. */
  readonly foreign: 'silence' | (string & {})
}

/** Who asks over plain HTTP. */
export type Caller = 'anonymous' | 'rival' | 'without the right' | 'permitted'

export interface RouteRow {
  /** Path and query that ask for things of acme. */
  readonly path: (things: Things) => string
  readonly body?: (things: Things) => object
  /** Status for each caller; `permitted` may be left out where it would need more than the stage has. */
  readonly answers: Readonly<Partial<Record<Caller, number>>>
  /** Roles of acme without the right and with it; `rival` asks with the latter. */
  readonly without?: TestCaller
  readonly permitted?: TestCaller
}

export type TestCaller =
  'tenant_owner' | 'engineer' | 'privacy_officer' | 'data_owner' | 'auditor' | 'platform_admin' | 'nobody'
