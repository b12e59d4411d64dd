import { EvidenceKind } from '@lethe/domain'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { TimelineEntry } from './erasure.types.js'

const Predicate = z.looseObject({})
const Statement = z.object({ predicate: Predicate })
type Facts = z.infer<typeof Predicate>

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

/** One English sentence for each kind; portals translate by kind and read the rest from the evidence itself. */
const sentences: Record<EvidenceKind, (facts: Facts) => string> = {
  'dataset-registered/v1': () => 'A dataset version was registered.',
  'model-trained/v1': () => 'A model version was trained.',
  'model-promoted/v1': () => 'A model version began to serve.',
  'erasure-requested/v1': (facts) =>
    `The request came in; ${text(facts['forgetCount']) ?? 'its'} samples were frozen as the forget set.`,
  'identity-verified/v1': () => "The person's identity was confirmed.",
  'erasure-planned/v1': (facts) => {
    if (facts['retryOf'] !== undefined) return 'Another recipe was put on record before the retry.'
    const count = Array.isArray(facts['items']) ? facts['items'].length : 0
    return count === 0
      ? 'The plan was drawn up: no model version learned from the forget set.'
      : `The plan and the audit's policy were put on record for ${count} model ${count === 1 ? 'version' : 'versions'}.`
  },
  'erasure-approved/v1': (facts) =>
    `The plan was approved (${text(facts['approval']) ?? '?'} of ${text(facts['required']) ?? '?'}).`,
  'model-unlearned/v1': (facts) => {
    const method = text(facts['method'])
    const resembling = Number(facts['resemblingCount'] ?? 0)
    return (
      (method === null ? 'A model version was made to forget.' : `A model version was made to forget by ${method}.`) +
      (resembling > 0 ? ` ${resembling} of the samples that stay resemble a forgotten one.` : '')
    )
  },
  'audit-completed/v1': (facts) => {
    const verdict = text(facts['verdict'])
    return verdict === null ? 'An audit ended.' : `An audit ended with the verdict ${verdict}.`
  },
  'erasure-closed/v1': (facts) => `The request was closed: ${text(facts['outcome']) ?? 'see the evidence'}.`,
  'erasure-blocked/v1': (facts) => `The request stopped: ${text(facts['code']) ?? 'see the evidence'}.`,
  'run-ended/v1': () => 'A run failed or was cancelled.',
  'clock-changed/v1': (facts) => {
    const state = text(facts['state'])
    const due = text(facts['dueAt'])
    return `The clock is ${state?.toLowerCase() ?? 'changed'}${due === null ? '' : `; due by ${due}`}.`
  },
  'owner-audit-countersigned/v1': (facts) =>
    `An audit by the data owner was countersigned; its verdict is ${text(facts['verdict']) ?? 'in the evidence'}.`,
  'cost-recorded/v1': () => 'What a run cost was put on record beside the cost of retraining.',
  'closure-assessed/v1': () => 'Everything that derives from the forgotten samples was assessed.',
  'data-deleted/v1': (facts) => `Data was deleted from ${text(facts['store']) ?? 'a store'}, and its absence verified.`,
  'dataset-redacted/v1': () => 'A dataset version no longer holds the forgotten samples.',
  'subject-shredded/v1': () => 'The salt of a data subject was destroyed.',
  'log-key-rotated/v1': () => 'A new key signs the log.',
  'auditor-finding/v1': (facts) => `An auditor noted finding ${text(facts['number']) ?? 'see the evidence'}.`,
  'auditor-signed-off/v1': (facts) => `An auditor signed off: ${text(facts['outcome']) ?? 'see the evidence'}.`,
}

/** What happened to a request, from the evidence that proves it. */
export async function readTimeline({ loaders }: Scope, requestId: string): Promise<TimelineEntry[]> {
  const rows = await loaders.evidenceOfRequest.load(requestId)
  return rows.map((row) => {
    const facts = Statement.safeParse(row.payload)
    const summary = sentences[EvidenceKind.parse(row.kind)](facts.success ? facts.data.predicate : {})
    return shape(TimelineEntry, { at: row.createdAt, kind: row.kind, evidenceSeq: Number(row.seq), summary })
  })
}
