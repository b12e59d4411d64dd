import type { z } from 'zod'
import type { EvidenceKind } from '../evidence.js'
import {
  ApiKeyChanged,
  AuditorAccessChanged,
  MemberChanged,
  SsoProviderChanged,
  TenantChanged,
  WebhookChanged,
} from './access.js'
import { AuditCompleted, AuditorFinding, AuditorSignedOff, OwnerAuditCountersigned } from './audit.js'
import { ClosureAssessed, DataDeleted, SubjectShredded } from './closure.js'
import { DatasetRedacted, DatasetRegistered } from './dataset.js'
import {
  ClockChanged,
  ClockTermsSet,
  ErasureApproved,
  ErasureBatched,
  ErasureBlocked,
  ErasureClosed,
  ErasurePlanned,
  ErasureRequested,
  IdentityChallengeChanged,
  IdentityCheckBegun,
  IdentityVerified,
  RequestListFetched,
} from './erasure.js'
import { LogKeyRotated } from './log.js'
import { CostRecorded, ModelPromoted, ModelTrained, ModelUnlearned, RunEnded } from './model.js'

/** Predicate of each kind; the JSON Schemas that outsiders check with are made of these. */
export const evidencePredicates = {
  'dataset-registered/v1': DatasetRegistered,
  'model-trained/v1': ModelTrained,
  'model-promoted/v1': ModelPromoted,
  'erasure-requested/v1': ErasureRequested,
  'identity-check-begun/v1': IdentityCheckBegun,
  'identity-verified/v1': IdentityVerified,
  'erasure-planned/v1': ErasurePlanned,
  'erasure-approved/v1': ErasureApproved,
  'erasure-batched/v1': ErasureBatched,
  'model-unlearned/v1': ModelUnlearned,
  'audit-completed/v1': AuditCompleted,
  'erasure-closed/v1': ErasureClosed,
  'erasure-blocked/v1': ErasureBlocked,
  'run-ended/v1': RunEnded,
  'clock-changed/v1': ClockChanged,
  'owner-audit-countersigned/v1': OwnerAuditCountersigned,
  'cost-recorded/v1': CostRecorded,
  'closure-assessed/v1': ClosureAssessed,
  'data-deleted/v1': DataDeleted,
  'dataset-redacted/v1': DatasetRedacted,
  'subject-shredded/v1': SubjectShredded,
  'log-key-rotated/v1': LogKeyRotated,
  'auditor-finding/v1': AuditorFinding,
  'auditor-signed-off/v1': AuditorSignedOff,
  'clock-terms-set/v1': ClockTermsSet,
  'request-list-fetched/v1': RequestListFetched,
  'member-changed/v1': MemberChanged,
  'api-key-changed/v1': ApiKeyChanged,
  'auditor-access-changed/v1': AuditorAccessChanged,
  'tenant-changed/v1': TenantChanged,
  'sso-provider-changed/v1': SsoProviderChanged,
  'webhook-changed/v1': WebhookChanged,
  'identity-challenge-changed/v1': IdentityChallengeChanged,
} as const satisfies Record<EvidenceKind, z.ZodObject>
