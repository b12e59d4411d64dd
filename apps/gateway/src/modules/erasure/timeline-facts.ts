import type { EvidenceKind, EvidencePredicate } from '@lethe/domain'

type Facts = Readonly<Record<string, string | number | boolean | null>>

/**
 * What a portal's sentence about an entry needs, for kinds whose name alone does not say it. No more than the English
 * sentence tells: whoever may see the request may not always read its evidence.
 */
const facts: { readonly [Kind in EvidenceKind]?: (predicate: EvidencePredicate<Kind>) => Facts } = {
  'model-promoted/v1': ({ modelVersionId }) => ({ serves: modelVersionId !== null }),
  'erasure-requested/v1': ({ forgetCount }) => ({ count: forgetCount }),
  'identity-check-begun/v1': ({ inDoubt, clockPaused }) => ({ inDoubt, clockPaused }),
  'identity-challenge-changed/v1': ({ change }) => ({ change }),
  'erasure-planned/v1': ({ items }) => ({ count: items.length }),
  'erasure-approved/v1': ({ approval, required }) => ({ approval, required }),
  'erasure-batched/v1': ({ members }) => ({ others: members.length - 1 }),
  'model-unlearned/v1': ({ method, resemblingCount = 0 }) => ({ method, resembling: resemblingCount }),
  'audit-completed/v1': ({ verdict }) => ({ verdict }),
  'erasure-closed/v1': ({ outcome }) => ({ outcome }),
  'erasure-blocked/v1': ({ code }) => ({ code }),
  'run-ended/v1': ({ kind, outcome, code }) => ({ kind, outcome, code: code ?? null }),
  'clock-changed/v1': ({ state, dueAt }) => ({ state, dueAt }),
  'owner-audit-countersigned/v1': ({ verdict }) => ({ verdict }),
  'cost-recorded/v1': ({ kind, measured, shareOfRetraining, retraining }) => ({
    kind,
    seconds: measured.wallSeconds,
    share: shareOfRetraining,
    basis: retraining?.basis ?? null,
  }),
  'closure-assessed/v1': ({ items }) => ({ count: items.length }),
  'data-deleted/v1': ({ store }) => ({ store }),
  'dataset-redacted/v1': ({ removed }) => ({ removed }),
  'auditor-finding/v1': ({ number, severity }) => ({ number, severity }),
  'auditor-signed-off/v1': ({ outcome }) => ({ outcome }),
  'auditor-access-changed/v1': ({ change }) => ({ change }),
}

export const factsOf = <Kind extends EvidenceKind>(kind: Kind, predicate: EvidencePredicate<Kind>): Facts =>
  facts[kind]?.(predicate) ?? {}
