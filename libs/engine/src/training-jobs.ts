import { readPack, type PackSelection } from '@lethe/datasets'
import type { Samples, TrainingRecipe } from '@lethe/domain'
import { pretrain, unlearn, type EpochBoundary, type ResumableRun } from '@lethe/learning'
import type { OpenViewSource } from '@lethe/views'
import { chooseForgetAndRetain, chooseTrainSet } from './choose-sets.js'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'

type TrainingJob = Extract<Job, { kind: 'pretrain' | 'unlearn' }>

export async function runPretrainJob(job: Extract<Job, { kind: 'pretrain' }>, control: JobControl): Promise<JobResult> {
  const images = samplesFor(job.recipe, chooseTrainSet(readPack(job.pack), job.excluded))
  const result = await pretrain({ ...resumable(job, control), images })
  return { kind: 'pretrain', ...result, trainCount: images.count }
}

/** Sets are checked before anything is computed. */
export async function runUnlearnJob(job: Extract<Job, { kind: 'unlearn' }>, control: JobControl): Promise<JobResult> {
  const { unlearning, parent, recipe } = job
  const chosen = chooseForgetAndRetain(readPack(job.pack), job.excluded, job.forget)
  const [retain, forget] = [samplesFor(recipe, chosen.retain), samplesFor(recipe, chosen.forget)]
  const result = await unlearn({ ...resumable(job, control), unlearning, parent, retain, forget })
  return { kind: 'unlearn', ...result, trainCount: retain.count, forgetCount: forget.count }
}

/** CLIP learns from pictures with their texts: in a pack, the labels. */
function samplesFor(
  { framework }: TrainingRecipe,
  { contentIds: _, labels, groups: _groups, ...images }: PackSelection,
): Samples {
  return framework === 'clip' ? { ...images, captions: labels } : images
}

function resumable(job: TrainingJob, control: JobControl): ResumableRun & { readonly views: OpenViewSource } {
  const { signal, now, onProgress, views } = control
  let savedAt = now()
  const onCheckpoint = async (boundary: EpochBoundary): Promise<void> => {
    signal.throwIfAborted()
    const isLast = boundary.epoch === boundary.epochs
    if (!control.isStopWanted() && (isLast || now() - savedAt < job.checkpointMs)) return
    control.onCheckpoint(await boundary.checkpoint())
    savedAt = now()
    if (control.isStopWanted()) control.stop()
    signal.throwIfAborted()
  }
  return {
    recipe: job.recipe,
    provenance: job.provenance,
    signal,
    now,
    views,
    onProgress,
    onCheckpoint,
    ...(job.resume ? { resume: job.resume } : {}),
  }
}
