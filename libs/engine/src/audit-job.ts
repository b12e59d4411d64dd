import { createHash } from 'node:crypto'
import {
  AUDIT_EPOCH,
  runAudit,
  type AuditedModel,
  type AuditOptions,
  type AuditSet,
  type Embed,
  type RecoveryCurves,
} from '@lethe/audit'
import { readPack, type PackSelection } from '@lethe/datasets'
import type { Digest, UnlearningMethod } from '@lethe/domain'
import { loadEmbedder, type Embedder } from '@lethe/learning'
import { drawViews } from '@lethe/views'
import { chooseClasses, chooseForgetAndRetain, chooseHeldOut } from './choose-sets.js'
import { chooseTwins } from './choose-twins.js'
import type { JobControl } from './job-control.js'
import { measureRecovery } from './measure-recovery.js'
import type { Job, JobResult } from './protocol.js'

type AuditJob = Extract<Job, { kind: 'audit' }>

/** The audit is given ways to ask for embeddings, never weights. */
export async function runAuditJob(job: AuditJob, control: JobControl): Promise<JobResult> {
  const { signal, now, onProgress } = control
  const pack = readPack(job.pack)
  const { forget, retain } = chooseForgetAndRetain(pack, job.excluded, job.forget, job)
  const heldOut = chooseHeldOut(pack, job.excluded)
  const twins = chooseTwins(pack, job.twinSeed ?? null, job.forget)
  const [forgetClasses, heldOutClasses, retainClasses] = chooseClasses(forget, heldOut, retain)
  const drawViewsOf: AuditOptions['drawViews'] = (images, seed, view) =>
    drawViews(images, job.recipe.views, { seed, epoch: AUDIT_EPOCH, view })
  const embedders: Embedder[] = []
  const blackBox = (
    weights: Uint8Array,
    label: string,
    role: AuditedModel['role'],
    method: UnlearningMethod | null,
  ): AuditedModel => {
    const embedder = loadEmbedder(weights)
    embedders.push(embedder)
    const embed: Embed = (images) => embedder.embed(images, 'projection')
    // Here the weights themselves answer.
    const digest = createHash('sha256').update(weights).digest('hex') as Digest
    return {
      label,
      role,
      method,
      embed,
      attested: { digest, embed },
      embedFeatures: (images) => embedder.embed(images, 'features'),
      ...(embedder.embedTexts === null ? {} : { embedTexts: embedder.embedTexts }),
    }
  }
  try {
    const result = await runAudit({
      before: blackBox(job.before, 'before', 'before', null),
      after: blackBox(job.after, 'after', 'after', job.method),
      references: job.references.map(({ label, role, method, weights }) => blackBox(weights, label, role, method)),
      forget: setOf(forget, forgetClasses),
      heldOut: setOf(heldOut, heldOutClasses),
      retain: setOf(retain, retainClasses),
      twins: twins ?? undefined,
      laboratory: await recoveryOf(job, { forget, retain, heldOut }, drawViewsOf, control),
      drawViews: drawViewsOf,
      policy: job.policy,
      method: job.method,
      signal,
      now,
      onProgress,
    })
    return { kind: 'audit', ...result }
  } finally {
    for (const embedder of embedders) embedder.dispose()
  }
}

/** The texts of a pack's pictures are their labels. */
const setOf = (images: PackSelection, labels: Int32Array | null | undefined): AuditSet => ({
  images,
  labels: labels ?? null,
  captions: images.labels,
})

/** A8, where the policy asks for it and the engine holds a retrained model to compare with. */
async function recoveryOf(
  job: AuditJob,
  sets: { readonly forget: PackSelection; readonly retain: PackSelection; readonly heldOut: PackSelection },
  drawViews: AuditOptions['drawViews'],
  control: JobControl,
): Promise<{ recovery?: RecoveryCurves }> {
  const retrained = job.references.filter(({ role }) => role === 'retrain').map(({ weights }) => weights)
  if (!job.policy.requiredTests?.includes('A8-recovery') || retrained.length === 0) return {}
  const { recipe, before, after, policy } = job
  const recovery = await measureRecovery({
    recipe,
    original: before,
    unlearned: after,
    retrained,
    retain: { ...sets.retain, captions: sets.retain.labels },
    forget: { ...sets.forget, captions: sets.forget.labels },
    heldOut: sets.heldOut,
    drawViews,
    policy,
    control,
  })
  return { recovery }
}
