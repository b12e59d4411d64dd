import { runAudit, type AuditedModel, type AuditSet } from '@lethe/audit'
import { readPack, type PackSelection } from '@lethe/datasets'
import type { UnlearningMethod } from '@lethe/domain'
import { loadEmbedder, type Embedder } from '@lethe/learning'
import { drawViews } from '@lethe/views'
import { chooseClasses, chooseForgetAndRetain, chooseHeldOut } from './choose-sets.js'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'

/** The audit is given ways to ask for embeddings, never weights. */
export async function runAuditJob(
  job: Extract<Job, { kind: 'audit' }>,
  { signal, now, onProgress }: JobControl,
): Promise<JobResult> {
  const pack = readPack(job.pack)
  const { forget, retain } = chooseForgetAndRetain(pack, job.excluded, job.forget)
  const heldOut = chooseHeldOut(pack, job.excluded)
  const [forgetClasses, heldOutClasses, retainClasses] = chooseClasses(forget, heldOut, retain)
  const embedders: Embedder[] = []
  const blackBox = (
    weights: Uint8Array,
    label: string,
    role: AuditedModel['role'],
    method: UnlearningMethod | null,
  ): AuditedModel => {
    const embedder = loadEmbedder(weights)
    embedders.push(embedder)
    return {
      label,
      role,
      method,
      embed: (images) => embedder.embed(images, 'projection'),
      embedFeatures: (images) => embedder.embed(images, 'features'),
    }
  }
  try {
    const { report, matrices } = await runAudit({
      before: blackBox(job.before, 'before', 'before', null),
      after: blackBox(job.after, 'after', 'after', job.method),
      references: job.references.map(({ label, role, method, weights }) => blackBox(weights, label, role, method)),
      forget: setOf(forget, forgetClasses),
      heldOut: setOf(heldOut, heldOutClasses),
      retain: setOf(retain, retainClasses),
      drawViews: (images, seed, view) => drawViews(images, job.recipe.views, { seed, epoch: 0, view }),
      policy: job.policy,
      method: job.method,
      signal,
      now,
      onProgress,
    })
    return { kind: 'audit', report, matrices }
  } finally {
    for (const embedder of embedders) embedder.dispose()
  }
}

const setOf = (images: PackSelection, labels: Int32Array | null | undefined): AuditSet => ({
  images,
  labels: labels ?? null,
})
