import {
  auditPolicyDigest,
  type ClockEvent,
  type EvidenceEntry,
  readClock,
  sha256,
  statutes,
  UnlearningRecipe,
  TrainingRecipe,
} from '@lethe/domain'
import { auditReportText } from '@lethe/ledger'
import type { SmallAudit } from './small-audit.js'

/** Ids of a case: version 7 UUIDs that a reader can tell apart. */
const idOf = (kind: number): string => `0198aaaa-0000-7000-8000-${String(kind).padStart(12, '0')}`

export const ids = {
  tenant: idOf(1),
  otherTenant: idOf(2),
  dataset: idOf(10),
  datasetVersion: idOf(11),
  model: idOf(20),
  original: idOf(21),
  unlearned: idOf(22),
  request: idOf(30),
  run: (number: number) => idOf(40 + number),
  audit: (number: number) => idOf(60 + number),
} as const

/** An entry and when it was recorded. */
export interface Recorded {
  readonly at: Date
  readonly entry: EvidenceEntry
}

const day = (number: number, hour = 9): Date => new Date(Date.UTC(2026, 2, number, hour))
const bytesOf = (text: string) => ({ sha256: sha256(text) })
export const digests = {
  pack: sha256('pack of the small case'),
  weights: (version: string) => sha256(`weights of ${version}`),
  state: (version: string) => sha256(`state of ${version}`),
  forgetSet: sha256('commitment to the forget set of the small case'),
}

const recipe = TrainingRecipe.parse({
  framework: 'simclr',
  encoder: { kind: 'compact-conv' },
  views: {},
  temperature: 0.5,
  epochs: 1,
  batchSize: 2,
  optimizer: { learningRate: 0.1 },
  seed: 1,
})
const unlearning = UnlearningRecipe.parse({ method: 'alignment-calibration', learningRate: 0.01, seed: 1 })
const provenance = {
  backend: 'cpu',
  backendVersion: '4.22.0',
  tfjsVersion: '4.22.0',
  nodeVersion: '20.19.0',
  codeVersion: 'test',
  platform: 'linux-x64',
  device: 'cpu',
}
const cost = { wallSeconds: 1.5, cpuSeconds: 2, peakMemoryBytes: 1e6, device: 'cpu' }

const clock = { statuteId: 'gdpr-12-3', timeZone: 'Europe/Berlin', holidays: [] } as const

/** A clock's entry, its due date by the same sum that the platform uses. */
function clockChanged(events: readonly ClockEvent[]): EvidenceEntry {
  const newest = events.at(-1)
  const reading = readClock({ ...clock, events, now: newest?.at ?? day(1).toISOString() })
  return {
    kind: 'clock-changed/v1',
    subjects: [],
    erasureRequestId: ids.request,
    predicate: {
      statuteId: clock.statuteId,
      ruleVersion: statutes[clock.statuteId].version,
      event: newest === undefined ? null : { kind: newest.kind, at: newest.at },
      state: reading.state,
      dueAt: reading.dueAt,
      steps: reading.explanation.map(({ code, day }) => ({ code, day })),
    },
  }
}

const started: ClockEvent = { kind: 'start', at: day(2).toISOString(), reason: '' }
const stopped: ClockEvent = { kind: 'stop', at: day(9, 15).toISOString(), reason: 'FULFILLED' }

const weightsOf = (version: string) => ({
  name: `model-version/${version}/weights`,
  digest: { sha256: digests.weights(version) },
})
const stateOf = (version: string) => ({
  name: `model-version/${version}/state`,
  digest: { sha256: digests.state(version) },
})

const registered: EvidenceEntry = {
  kind: 'dataset-registered/v1',
  subjects: [{ name: `dataset-version/${ids.datasetVersion}/pack`, digest: { sha256: digests.pack } }],
  predicate: {
    datasetId: ids.dataset,
    datasetVersionId: ids.datasetVersion,
    number: 1,
    imageSize: 2,
    samples: 596,
    exactDuplicates: 0,
    nearDuplicates: 0,
    quarantined: 0,
  },
}

const training = (version: string, number: number) => ({
  modelId: ids.model,
  modelVersionId: version,
  number,
  runId: ids.run(number),
  recipe,
  data: { datasetVersionId: ids.datasetVersion, packDigest: digests.pack, trainCount: 196 },
  provenance,
  cost,
})

const trained: EvidenceEntry = {
  kind: 'model-trained/v1',
  subjects: [weightsOf(ids.original), stateOf(ids.original)],
  predicate: { ...training(ids.original, 1), origin: 'pretrain', excluded: [] },
}

const promoted = (version: string, replaces: string | null, decidedBy: 'person' | 'policy'): EvidenceEntry => ({
  kind: 'model-promoted/v1',
  subjects: [version, ...(replaces === null ? [] : [replaces])].map((id) => ({
    name: `model-version/${id}`,
    digest: { sha256: digests.weights(id) },
  })),
  predicate: { modelId: ids.model, modelVersionId: version, replaces, decidedBy },
})

const forgetSet = { name: 'forget-set', digest: { sha256: digests.forgetSet } }

const requested: EvidenceEntry = {
  kind: 'erasure-requested/v1',
  subjects: [forgetSet],
  erasureRequestId: ids.request,
  predicate: {
    number: 1,
    forgetCount: 96,
    statuteId: clock.statuteId,
    receivedAt: started.at,
    dueAt: readClock({ ...clock, events: [started], now: started.at }).dueAt,
  },
}

const verified: EvidenceEntry = {
  kind: 'identity-verified/v1',
  subjects: [],
  erasureRequestId: ids.request,
  predicate: { verifiedBy: sha256('commitment to the privacy officer') },
}

const planDigest = sha256('plan of the small case')

const planned = ({ report: { policy } }: SmallAudit): EvidenceEntry => ({
  kind: 'erasure-planned/v1',
  subjects: [
    { name: 'plan', digest: { sha256: planDigest } },
    forgetSet,
    { name: `model-version/${ids.original}`, digest: { sha256: digests.weights(ids.original) } },
  ],
  erasureRequestId: ids.request,
  predicate: {
    planDigest,
    policy,
    policyDigest: auditPolicyDigest(policy),
    items: [
      {
        modelVersionId: ids.original,
        learnedCount: 96,
        unlearning,
        comparisons: [],
        estimateSeconds: 2,
        retrainEstimateSeconds: 20,
        action: 'UNLEARN',
      },
    ],
  },
})

const approved = (approval: number): EvidenceEntry => ({
  kind: 'erasure-approved/v1',
  subjects: [{ name: 'plan', digest: { sha256: planDigest } }],
  erasureRequestId: ids.request,
  predicate: { approval, required: 2, approvedBy: sha256(`commitment to approver ${approval}`), role: 'tenant_owner' },
})

const unlearned: EvidenceEntry = {
  kind: 'model-unlearned/v1',
  subjects: [weightsOf(ids.unlearned), stateOf(ids.unlearned)],
  erasureRequestId: ids.request,
  predicate: {
    ...training(ids.unlearned, 2),
    origin: 'unlearn',
    excluded: [{ digest: digests.forgetSet, size: 96 }],
    parent: { modelVersionId: ids.original, weightsDigest: digests.weights(ids.original) },
    method: unlearning.method,
    unlearning,
    forgetCount: 96,
  },
}

/** What the registrar puts on record of an audit. */
const audited = (number: number, { report }: SmallAudit): EvidenceEntry => ({
  kind: 'audit-completed/v1',
  subjects: [
    weightsOf(ids.original),
    weightsOf(ids.unlearned),
    { name: `audit/${ids.audit(number)}/report`, digest: bytesOf(auditReportText(report)) },
    { name: `audit/${ids.audit(number)}/matrices`, digest: { sha256: report.matrices.digest } },
    ...(report.data === undefined
      ? []
      : [{ name: `audit/${ids.audit(number)}/data`, digest: { sha256: report.data.digest } }]),
  ],
  erasureRequestId: ids.request,
  predicate: {
    auditId: ids.audit(number),
    number,
    runId: ids.run(10 + number),
    before: ids.original,
    after: ids.unlearned,
    verdict: report.verdict,
    reasons: report.reasons.map(({ code }) => code),
    policy: report.policy,
    policyDigest: report.policyDigest,
    sizes: report.sizes,
    requiredForgetSize: report.requiredForgetSize,
    tests: report.tests.map(({ detail: _prose, ...test }) => test),
    models: report.models,
    limits: report.limits,
    provenance,
  },
})

/** Closed as an audit's verdict lets it be: with PASS fulfilled, and stopped in its tracks with anything else. */
function closing(audits: readonly SmallAudit[]): Recorded[] {
  const verdict = audits.at(-1)?.report.verdict
  if (verdict === undefined) return []
  if (verdict !== 'PASS') {
    const code = `AUDIT_${verdict}`
    return [
      {
        at: day(9, 15),
        entry: {
          kind: 'erasure-blocked/v1',
          subjects: [],
          erasureRequestId: ids.request,
          predicate: { from: 'AUDITING', code },
        },
      },
    ]
  }
  const reading = readClock({ ...clock, events: [started, stopped], now: stopped.at })
  const closed: EvidenceEntry = {
    kind: 'erasure-closed/v1',
    subjects: [],
    erasureRequestId: ids.request,
    predicate: {
      outcome: 'FULFILLED',
      audits: audits.map(({ report }, index) => ({ number: index + 1, verdict: report.verdict })),
      clock: reading.state,
      dueAt: reading.dueAt,
    },
  }
  return [
    promoted(ids.unlearned, ids.original, 'policy'),
    { ...deleted },
    { ...assessed },
    closed,
    clockChanged([started, stopped]),
  ].map((entry) => ({ at: day(9, 15), entry }))
}

const deleted: EvidenceEntry = {
  kind: 'data-deleted/v1',
  subjects: [],
  erasureRequestId: ids.request,
  predicate: {
    store: 'artifacts',
    things: [
      { thing: 'model-weights', id: ids.original, bytes: 1000 },
      { thing: 'model-state', id: ids.original, bytes: 2000 },
    ],
    verifiedAbsent: true,
  },
}

const assessed: EvidenceEntry = {
  kind: 'closure-assessed/v1',
  subjects: [],
  erasureRequestId: ids.request,
  predicate: {
    items: [
      { thing: 'model-version', id: ids.unlearned, state: 'FORGOTTEN' },
      { thing: 'model-weights', id: ids.original, store: 'artifacts', state: 'DESTROYED' },
      { thing: 'model-state', id: ids.original, store: 'artifacts', state: 'DESTROYED' },
      { thing: 'audit-data', id: ids.audit(1), state: 'RETAINED', basis: 'GDPR Art. 17(3)(e)' },
    ],
  },
}

/** The history of one erasure request from the dataset on, in order. */
export function smallCase(audits: readonly SmallAudit[]): Recorded[] {
  const first = audits[0]
  return [
    { at: day(1), entry: registered },
    { at: day(1, 10), entry: trained },
    { at: day(1, 11), entry: promoted(ids.original, null, 'person') },
    { at: day(2), entry: requested },
    { at: day(2), entry: clockChanged([started]) },
    { at: day(3), entry: verified },
    ...(first === undefined
      ? []
      : [
          { at: day(4), entry: planned(first) },
          { at: day(5), entry: approved(1) },
          { at: day(5, 10), entry: approved(2) },
          { at: day(6), entry: unlearned },
        ]),
    ...audits.map((audit, index) => ({ at: day(7 + index), entry: audited(index + 1, audit) })),
    ...closing(audits),
  ]
}
