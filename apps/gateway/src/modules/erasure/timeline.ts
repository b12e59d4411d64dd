import { EvidenceKind, type EvidencePredicate, predicateIn } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { Sentence } from '../../graphql/sentence.js'
import { type ErasureRequest, TimelineEntry } from './erasure.types.js'
import { factsOf } from './timeline-facts.js'

/** One English sentence for each kind. */
const sentences: { readonly [Kind in EvidenceKind]: (facts: EvidencePredicate<Kind>) => string } = {
  'dataset-registered/v1': () => 'A dataset version was registered.',
  'model-trained/v1': () => 'A model version was trained.',
  'model-promoted/v1': ({ modelVersionId }) =>
    modelVersionId === null ? 'A model version stopped serving.' : 'A model version began to serve.',
  'erasure-requested/v1': ({ forgetCount }) =>
    `The request came in; ${forgetCount} samples were frozen as the forget set.`,
  'identity-check-begun/v1': ({ inDoubt, clockPaused }) =>
    `The person's identity is being confirmed${inDoubt ? '; there is doubt' : ''}${clockPaused ? ', and the clock stands still' : ''}.`,
  'identity-verified/v1': () => "The person's identity was confirmed.",
  'erasure-planned/v1': ({ items }) =>
    items.length === 0
      ? 'The plan was drawn up: no model version learned from the forget set.'
      : `The plan and the audit's policy were put on record for ${items.length} model ${items.length === 1 ? 'version' : 'versions'}.`,
  'erasure-approved/v1': ({ approval, required }) => `The plan was approved (${approval} of ${required}).`,
  'erasure-batched/v1': ({ members }) =>
    members.length === 1
      ? 'The request goes its own way.'
      : `The request is to be unlearned in one run with ${members.length - 1} other ${members.length === 2 ? 'request' : 'requests'}.`,
  'model-unlearned/v1': ({ method, resemblingCount = 0 }) =>
    `A model version was made to forget by ${method}.` +
    (resemblingCount > 0 ? ` ${resemblingCount} of the samples that stay resemble a forgotten one.` : ''),
  'audit-completed/v1': ({ verdict }) => `An audit ended with the verdict ${verdict}.`,
  'erasure-closed/v1': ({ outcome }) => `The request was closed: ${outcome}.`,
  'erasure-blocked/v1': ({ code }) => `The request stopped: ${code}.`,
  'run-ended/v1': () => 'A run failed or was cancelled.',
  'clock-changed/v1': ({ state, dueAt }) => `The clock is ${state.toLowerCase()}; due by ${dueAt}.`,
  'clock-terms-set/v1': ({ statuteId }) => `Clocks count by ${statuteId} from now on.`,
  'request-list-fetched/v1': ({ nextDueAt }) => `The list of requests was fetched; it is due again by ${nextDueAt}.`,
  'owner-audit-countersigned/v1': ({ verdict }) =>
    `An audit by the data owner was countersigned; its verdict is ${verdict}.`,
  'cost-recorded/v1': ({ kind, measured, shareOfRetraining, retraining }) => {
    const took = `The ${kind} run took ${measured.wallSeconds.toFixed(1)} s`
    if (shareOfRetraining === null) return `${took}.`
    const share = `${(100 * shareOfRetraining).toFixed(0)} %`
    return `${took}, ${share} of ${retraining?.basis === 'measured' ? 'the retraining that was done' : 'what retraining is estimated to take'}.`
  },
  'closure-assessed/v1': ({ items }) =>
    `Everything that derives from the forgotten samples was assessed: ${items.length} ${items.length === 1 ? 'thing' : 'things'}.`,
  'data-deleted/v1': ({ store }) => `Data was deleted from ${store}, and its absence verified.`,
  'dataset-redacted/v1': ({ removed }) => `A dataset version no longer holds the ${removed} forgotten samples.`,
  'subject-shredded/v1': () => 'The salt of a data subject was destroyed.',
  'log-key-rotated/v1': () => 'A new key signs the log.',
  'auditor-finding/v1': ({ number, severity }) => `An auditor noted finding ${number} (${severity}).`,
  'auditor-signed-off/v1': ({ outcome }) => `An auditor signed off: ${outcome}.`,
  'member-changed/v1': ({ change, role }) =>
    change === 'left' ? 'A member left the tenant.' : `A member has the role ${role ?? 'none'} now.`,
  'api-key-changed/v1': ({ change, role }) => `An API key with the role ${role} was ${change}.`,
  'auditor-access-changed/v1': ({ change }) => `An external auditor's access was ${change}.`,
  'tenant-changed/v1': ({ change }) => `The platform changed the tenant: ${change}.`,
  'sso-provider-changed/v1': ({ change }) => `An identity provider was changed: ${change}.`,
  'identity-challenge-changed/v1': ({ change }) =>
    change === 'sent'
      ? 'A link to confirm the request was mailed to the person.'
      : change === 'declined'
        ? 'Whoever got the link says that they asked for nothing.'
        : 'The link was taken back.',
  'webhook-changed/v1': ({ change }) => `A webhook was changed: ${change}.`,
}

function tellOf<Kind extends EvidenceKind>(
  kind: Kind,
  statement: unknown,
): Pick<TimelineEntry, 'summary' | 'sentence'> {
  const predicate = predicateIn(kind, statement)
  if (predicate === null) return { summary: 'Something of an older shape was put on record.', sentence: null }
  const [code = kind] = kind.split('/')
  return {
    summary: sentences[kind](predicate),
    sentence: shape(Sentence, { code, facts: factsOf(kind, predicate) }),
  }
}

/** What happened to a request, from the evidence that proves it; who did it, from the tenant's own tables. */
export async function readTimeline(scope: Scope, request: ErasureRequest): Promise<TimelineEntry[]> {
  const { loaders } = scope
  const rows = await loaders.evidenceOfRequest.load(request.id)
  return Promise.all(
    rows.map(async ({ kind, payload, createdAt, seq }) =>
      shape(TimelineEntry, {
        at: createdAt,
        kind,
        evidenceSeq: Number(seq),
        ...tellOf(EvidenceKind.parse(kind), payload),
        ...(await readAuthor(scope, request, String(seq))),
      }),
    ),
  )
}

/** An auditor, who needs no name of the person who asks, reads neither it nor their words. */
async function readAuthor(
  { loaders, viewer }: Scope,
  { requestedBy, ownerId }: ErasureRequest,
  seq: string,
): Promise<{ by: string | null; reason: string | null }> {
  const author = await loaders.authorOfEvidence.load(seq)
  if (author === null) return { by: null, reason: null }
  const { userId, reason } = author
  if (viewer.role === 'auditor') {
    const owner = await loaders.dataOwner.load(ownerId)
    if (userId === requestedBy || userId === owner?.userId) return { by: null, reason: null }
  }
  return { by: await loaders.personName.load(userId), reason }
}
