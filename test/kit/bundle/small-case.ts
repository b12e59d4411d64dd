import {
  auditPolicyDigest,
  type ClockEvent,
  type EvidenceEntry,
  type EvidenceKind,
  type EvidencePredicate,
  type EvidenceSubject,
  readClock,
  sha256,
  statutes,
} from '@lethe/domain'
import { auditReportText } from '@lethe/ledger'
import type { SmallAudit } from './small-audit.js'
import { commitments, cost, files, ids, opening, provenance, subject, unlearning } from './small-case-things.js'
import { registered, trained, unlearned } from './small-case-models.js'

/** An entry and when it was recorded. */
export interface Recorded {
  readonly at: Date
  readonly entry: EvidenceEntry
}

const day = (number: number, hour = 9): Date => new Date(Date.UTC(2026, 2, number, hour))

/** An entry of the request. */
const ofRequest = <Kind extends EvidenceKind>(
  kind: Kind,
  predicate: EvidencePredicate<Kind>,
  subjects: readonly EvidenceSubject[] = [],
) => ({ kind, subjects, predicate, erasureRequestId: ids.request }) as unknown as EvidenceEntry

const clock = { statuteId: 'gdpr-12-3', timeZone: 'Europe/Berlin', holidays: [] as string[] } as const
const started: ClockEvent = { kind: 'start', at: day(2).toISOString(), reason: '' }
const stopped: ClockEvent = { kind: 'stop', at: day(9, 15).toISOString(), reason: 'FULFILLED' }
const readingAfter = (events: readonly [ClockEvent, ...ClockEvent[]]) =>
  readClock({ ...clock, events, now: (events.at(-1) ?? events[0]).at })

/** Its due date is found by the same sum that the platform uses. */
function clockChanged(events: readonly [ClockEvent, ...ClockEvent[]]): EvidenceEntry {
  const { kind, at } = events.at(-1) ?? events[0]
  const { state, dueAt, explanation } = readingAfter(events)
  return ofRequest('clock-changed/v1', {
    ...clock,
    ruleVersion: statutes[clock.statuteId].version,
    event: { kind, at },
    state,
    dueAt,
    steps: explanation.map(({ code, day }) => ({ code, day })),
  })
}

const promoted = (version: string, replaces: string | null, decidedBy: 'person' | 'policy'): EvidenceEntry => ({
  kind: 'model-promoted/v1',
  subjects: [version, ...(replaces === null ? [] : [replaces])].map((id) =>
    subject(`model-version/${id}`, files.weights(id)),
  ),
  predicate: { modelId: ids.model, modelVersionId: version, replaces, decidedBy },
})

const requested = ofRequest('erasure-requested/v1', {
  number: 1,
  subjectCommitment: commitments.subject,
  forgetSetCommitment: commitments.forgetSet,
  forgetCount: opening.forgetSet.contentIds.length,
  statuteId: clock.statuteId,
  receivedAt: started.at,
  dueAt: readingAfter([started]).dueAt,
})

const verified = ofRequest('identity-verified/v1', { verifiedBy: commitments.person('privacy officer') })

const planDigest = sha256('plan of the small case')
const plan = { name: 'plan', digest: { sha256: planDigest } }

const planned = ({ report: { policy } }: SmallAudit): EvidenceEntry =>
  ofRequest(
    'erasure-planned/v1',
    {
      planDigest,
      forgetSetCommitment: commitments.forgetSet,
      policy,
      policyDigest: auditPolicyDigest(policy),
      earlierRuns: 0,
      items: [
        {
          modelVersionId: ids.original,
          action: 'UNLEARN',
          learnedCount: opening.forgetSet.contentIds.length,
          unlearning,
          comparisons: [],
          estimateSeconds: 2,
          retrainEstimateSeconds: 20,
        },
      ],
      things: [
        { thing: 'dataset-pack', id: ids.datasetVersion, action: 'DESTROY' },
        { thing: 'model-version', id: ids.original, action: 'UNLEARN' },
      ],
    },
    [plan, subject(`model-version/${ids.original}`, files.weights(ids.original))],
  )

const approved = (approval: number): EvidenceEntry =>
  ofRequest(
    'erasure-approved/v1',
    { approval, required: 2, approvedBy: commitments.person(`approver ${approval}`), role: 'tenant_owner' },
    [plan],
  )

const costRecorded = ofRequest('cost-recorded/v1', {
  runId: ids.run(2),
  kind: 'unlearn',
  modelVersionId: ids.unlearned,
  outcome: 'succeeded',
  attempt: 1,
  measured: cost,
  retraining: { basis: 'estimated', wallSeconds: 20, interval: [15, 25], level: 0.95, trainings: 2 },
  shareOfRetraining: cost.wallSeconds / 20,
  replacesEstimate: false,
})

/** As the registrar puts an audit on record. */
const audited = (number: number, { report }: SmallAudit): EvidenceEntry => {
  const { verdict, policy, policyDigest, sizes, requiredForgetSize, models, limits } = report
  const named = (name: string, digest: string) => ({
    name: `audit/${ids.audit(number)}/${name}`,
    digest: { sha256: digest },
  })
  return ofRequest(
    'audit-completed/v1',
    {
      auditId: ids.audit(number),
      number,
      runId: ids.run(10 + number),
      before: ids.original,
      after: ids.unlearned,
      verdict,
      reasons: report.reasons.map(({ code }) => code),
      ...{ policy, policyDigest, sizes, requiredForgetSize },
      tests: report.tests.map(({ detail: _prose, ...test }) => test),
      ...{ models, limits },
      provenance,
    },
    [
      subject(`model-version/${ids.original}/weights`, files.weights(ids.original)),
      subject(`model-version/${ids.unlearned}/weights`, files.weights(ids.unlearned)),
      named('report', sha256(auditReportText(report))),
      named('matrices', report.matrices.digest),
      ...(report.data === undefined ? [] : [named('data', report.data.digest)]),
    ],
  )
}

/** What follows from the last audit: with PASS the request is fulfilled, with anything else it stops. */
function ending(audits: readonly SmallAudit[]): EvidenceEntry[] {
  const verdict = audits.at(-1)?.report.verdict
  if (verdict === undefined) return []
  if (verdict !== 'PASS') return [ofRequest('erasure-blocked/v1', { from: 'AUDITING', code: `AUDIT_${verdict}` })]
  const { state, dueAt } = readingAfter([started, stopped])
  return [
    promoted(ids.unlearned, ids.original, 'policy'),
    ...closure,
    ofRequest('erasure-closed/v1', {
      outcome: 'FULFILLED',
      audits: audits.map(({ report }, index) => ({ number: index + 1, verdict: report.verdict })),
      clock: state,
      dueAt,
    }),
    clockChanged([started, stopped]),
  ]
}

const closure: readonly EvidenceEntry[] = [
  ofRequest(
    'dataset-redacted/v1',
    {
      datasetId: ids.dataset,
      datasetVersionId: ids.datasetVersion,
      removed: 96,
      samples: 500,
      packBefore: sha256(files.pack),
      packAfter: sha256(files.redactedPack),
    },
    [subject(`dataset-version/${ids.datasetVersion}/pack`, files.redactedPack)],
  ),
  ofRequest('data-deleted/v1', {
    store: 'artifact-store',
    things: [
      { thing: 'dataset-pack', id: ids.datasetVersion, digest: sha256(files.pack), bytes: files.pack.length },
      { thing: 'model-weights', id: ids.original, digest: sha256(files.weights(ids.original)), bytes: 10 },
      { thing: 'training-state', id: ids.original, digest: sha256(files.state(ids.original)), bytes: 10 },
    ],
    verifiedAbsent: true,
  }),
  ofRequest('closure-assessed/v1', {
    items: [
      { thing: 'dataset-pack', id: ids.datasetVersion, store: 'artifact-store', state: 'DESTROYED' },
      { thing: 'model-weights', id: ids.original, store: 'artifact-store', state: 'DESTROYED' },
      { thing: 'training-state', id: ids.original, store: 'artifact-store', state: 'DESTROYED' },
      { thing: 'model-weights', id: ids.unlearned, store: 'artifact-store', state: 'FORGOTTEN' },
      { thing: 'audit-data', id: ids.audit(1), state: 'RETAINED', basis: 'Proof of erasure, GDPR Art. 17(3)(e).' },
    ],
  }),
]

/** The history of one erasure request from the dataset on, in order. */
export function smallCase(audits: readonly SmallAudit[]): Recorded[] {
  const [first] = audits
  const at = (date: Date, ...entries: readonly EvidenceEntry[]) => entries.map((entry) => ({ at: date, entry }))
  return [
    ...at(day(1), registered, trained, promoted(ids.original, null, 'person')),
    ...at(day(2), requested, clockChanged([started])),
    ...at(day(3), verified),
    ...(first === undefined ? [] : at(day(4), planned(first), approved(1), approved(2))),
    ...(first === undefined ? [] : at(day(6), unlearned, costRecorded)),
    ...audits.flatMap((audit, index) => at(new Date(day(7).getTime() + index), audited(index + 1, audit))),
    ...at(day(9, 15), ...ending(audits)),
  ]
}
