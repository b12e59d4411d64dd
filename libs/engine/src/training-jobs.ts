import { nearDuplicatesBetween, readPack, type Pack, type PackSelection } from '@lethe/datasets'
import type { Samples, TrainingRecipe } from '@lethe/domain'
import {
  planTraining,
  pretrain,
  TrainingDiverged,
  unlearn,
  type EpochBoundary,
  type ResumableRun,
} from '@lethe/learning'
import { chooseEvaluation } from './choose-evaluation.js'
import { chooseForgetAndRetain, chooseTrainSet, selectHeldOut } from './choose-sets.js'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'

type TrainingJob = Extract<Job, { kind: 'pretrain' | 'unlearn' }>

export async function runPlanJob({
  pack: bytes,
  excluded,
  recipe,
}: Extract<Job, { kind: 'plan' }>): Promise<JobResult> {
  const pack = readPack(bytes)
  const images = samplesFor(recipe, chooseTrainSet(pack, excluded))
  const heldOutCount = selectHeldOut(pack, excluded).count
  return { kind: 'plan', plan: await planTraining({ recipe, images }), trainCount: images.count, heldOutCount }
}

export async function runPretrainJob(job: Extract<Job, { kind: 'pretrain' }>, control: JobControl): Promise<JobResult> {
  const pack = readPack(job.pack)
  const train = chooseTrainSet(pack, job.excluded)
  const images = samplesFor(job.recipe, train)
  const result = await keepingLastGood(control, () => pretrain({ ...resumable(job, control, pack, train), images }))
  return { kind: 'pretrain', ...result, trainCount: images.count }
}

/** Sets are checked before anything is computed. */
export async function runUnlearnJob(job: Extract<Job, { kind: 'unlearn' }>, control: JobControl): Promise<JobResult> {
  const { unlearning, parent, recipe } = job
  const pack = readPack(job.pack)
  const chosen = chooseForgetAndRetain(pack, job.excluded, job.forget, job)
  const [retain, forget] = [samplesFor(recipe, chosen.retain), samplesFor(recipe, chosen.forget)]
  const resembling = nearDuplicatesBetween(chosen.forget, chosen.retain)
  const run = resumable(job, control, pack, chosen.retain)
  const result = await keepingLastGood(control, () => unlearn({ ...run, unlearning, parent, retain, forget }))
  return { kind: 'unlearn', ...result, trainCount: retain.count, forgetCount: forget.count, resembling }
}

/** A run that diverged hands out the checkpoint of its last whole epoch before it is refused. */
async function keepingLastGood<T>(control: JobControl, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TrainingDiverged) control.onCheckpoint(error.lastGood)
    throw error
  }
}

/**
 * CLIP learns from pictures with their texts: in a pack, the labels. The pictures lie in memory that view threads share, so
 * that none of them needs a copy.
 */
function samplesFor({ framework }: TrainingRecipe, selection: PackSelection): Samples {
  const { count, height, width, channels, labels } = selection
  const data = new Uint8Array(new SharedArrayBuffer(selection.data.length))
  data.set(selection.data)
  const images = { data, count, height, width, channels }
  return framework === 'clip' ? { ...images, captions: labels } : images
}

function resumable(job: TrainingJob, control: JobControl, pack: Pack, train: PackSelection): ResumableRun {
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
    evaluation: chooseEvaluation(pack, train, job),
    resume: job.resume ?? undefined,
  }
}
