import { DomainError } from '@lethe/domain'

export type DatabaseErrorCode =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_SIGN_IN_REFUSED'
  | 'DATABASE_MISSING'
  | 'DATABASE_OWNER_UNFIT'
  | 'MIGRATION_EDITED'
  | 'MIGRATION_FAILED'
  | 'LOGIN_UNSAFE'
  | 'ISOLATION_MISSING'
  | 'TENANT_INVALID'
  | 'NOT_PROMOTABLE'
  | 'NOT_AUDITED'
  | 'FORGOTTEN_DATA'
  | 'PLAN_STALE'
  | 'NOTHING_TO_RETRY'
  | 'RECIPE_NOT_APPROVED'
  | 'BATCH_TOO_SMALL'
  | 'BATCH_TOO_LARGE'
  | 'BATCH_NOT_PLANNED'
  | 'BATCH_NOTHING_SHARED'
  | 'BATCH_RECIPES_DIFFER'
  | 'ALREADY_BATCHED'
  | 'SUBJECT_SHREDDED'
  | 'SUBJECT_HAS_OPEN_REQUEST'
  | 'WEBHOOK_REPLAY_TOO_LARGE'

export type DatabaseError = DomainError<DatabaseErrorCode>

export const databaseError = (code: DatabaseErrorCode, message: string, field?: string): DatabaseError =>
  new DomainError(code, message, field)
