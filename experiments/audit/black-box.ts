import { createHash } from 'node:crypto'
import type { AuditedModel, AuditOptions, AuditSet } from '@lethe/audit'
import type { AuditPolicy, TrainingRecipe, UnlearningMethod } from '@lethe/domain'
import { loadEmbedder } from '@lethe/learning'
import { drawViews } from '@lethe/views'
import type { LabelledSet, World } from './deal-world.js'

/** A model as its users reach it, whatever stands between. */
export interface Endpoint {
  readonly embed: AuditedModel['embed']
  readonly embedFeatures: AuditedModel['embed']
  readonly embedTexts?: AuditedModel['embedTexts']
}

export function endpointOf(weights: Uint8Array): Endpoint {
  const embedder = loadEmbedder(weights)
  return {
    embed: (images) => embedder.embed(images, 'projection'),
    embedFeatures: (images) => embedder.embed(images, 'features'),
    ...(embedder.embedTexts === null ? {} : { embedTexts: embedder.embedTexts }),
  }
}

/** Asks each question once, however many audits ask it again: the model before is the same for every control. */
export function remembering({ embed, embedFeatures, embedTexts }: Endpoint): Endpoint {
  return {
    embed: onceFor(embed),
    embedFeatures: onceFor(embedFeatures),
    ...(embedTexts === undefined ? {} : { embedTexts }),
  }
}

function onceFor(embed: AuditedModel['embed']): AuditedModel['embed'] {
  const answers = new Map<string, Promise<Float32Array>>()
  return async (images) => {
    const question = createHash('sha256')
      .update(new Uint8Array(images.buffer, images.byteOffset, images.byteLength))
      .digest('hex')
    const answer = answers.get(question) ?? embed(images)
    answers.set(question, answer)
    return (await answer).slice()
  }
}

export const viewsOf =
  (recipe: TrainingRecipe): AuditOptions['drawViews'] =>
  (images, seed, view, epoch) =>
    drawViews(images, recipe.views, { seed, epoch, view })

const auditSet = ({ images, labels, captions }: LabelledSet): AuditSet => ({ images, labels, captions })

export interface AuditPlan {
  readonly world: World
  readonly before: Endpoint
  readonly after: Endpoint
  readonly method: UnlearningMethod
  readonly recipe: TrainingRecipe
  readonly policy: AuditPolicy
  readonly references?: readonly { readonly label: string; readonly endpoint: Endpoint }[]
}

/** Everything that `runAudit` asks for. */
export function auditOf({ world, before, after, method, recipe, policy, references = [] }: AuditPlan): AuditOptions {
  return {
    before: { label: 'before', role: 'before', method: null, ...before },
    after: { label: 'after', role: 'after', method, ...after },
    references: references.map(({ label, endpoint }) => ({ label, role: 'retrain', method: 'retrain', ...endpoint })),
    forget: auditSet(world.forget),
    heldOut: auditSet(world.heldOut),
    retain: auditSet(world.retain),
    twins: { members: world.forget.images, twins: world.twins.images },
    drawViews: viewsOf(recipe),
    policy,
    method,
    signal: new AbortController().signal,
    now: () => performance.now(),
  }
}
