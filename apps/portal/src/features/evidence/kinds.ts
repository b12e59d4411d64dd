/** What can be on record, each with its version. */
export const evidenceKinds = [
  'dataset-registered/v1',
  'model-trained/v1',
  'model-promoted/v1',
  'erasure-requested/v1',
  'identity-check-begun/v1',
  'identity-verified/v1',
  'erasure-planned/v1',
  'erasure-approved/v1',
  'erasure-batched/v1',
  'model-unlearned/v1',
  'audit-completed/v1',
  'erasure-closed/v1',
  'erasure-blocked/v1',
  'run-ended/v1',
  'clock-changed/v1',
  'owner-audit-countersigned/v1',
  'cost-recorded/v1',
  'closure-assessed/v1',
  'data-deleted/v1',
  'dataset-redacted/v1',
  'subject-shredded/v1',
  'log-key-rotated/v1',
  'auditor-finding/v1',
  'auditor-signed-off/v1',
  'member-changed/v1',
  'api-key-changed/v1',
  'auditor-access-changed/v1',
  'tenant-changed/v1',
] as const

/** Messages are keyed without the version after the slash. */
export const kindKey = (kind: string): string => kind.split('/')[0] ?? kind
