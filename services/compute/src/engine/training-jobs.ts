import { readPack } from '@lethe/datasets'
import { pretrain, unlearn, type EpochBoundary, type ResumableRun } from '@lethe/learning'
import { chooseForgetAndRetain, chooseTrainSet } from './choose-sets.js'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'

type TrainingJob = Extract<Job, { kind: 'pretrain' | 'unlearn' }>

export async function runPretrainJob(job: Extract<Job, { kind: 'pretrain' }>, control: JobControl): Promise<JobResult> {
  const images = chooseTrainSet(readPack(job.pack), job.excluded)
  const result = await pretrain({ ...resumable(job, control), images })
  return { kind: 'pretrain', ...result, trainCount: images.count }
}

/** Sets are checked before anything is computed. */
export async function runUnlearnJob(job: Extract<Job, { kind: 'unlearn' }>, control: JobControl): Promise<JobResult> {
  const { retain, forget } = chooseForgetAndRetain(readPack(job.pack), job.excluded, job.forget)
  const { unlearning, parentWeights } = job
  const parent = { weights: parentWeights }
  const result = await unlearn({ ...resumable(job, control), unlearning, parent, retain, forget })
  return { kind: 'unlearn', ...result, trainCount: retain.count, forgetCount: forget.count }
}

function resumable(job: TrainingJob, control: JobControl): ResumableRun {
  const { signal, now, onProgress } = control
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
    onProgress,
    onCheckpoint,
    ...(job.resume ? { resume: job.resume } : {}),
  }
}
