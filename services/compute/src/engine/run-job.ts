import type { Progress } from '@lethe/domain'
import { runAuditJob } from './audit-job.js'
import { runIngestJob } from './ingest-job.js'
import type { CheckpointBytes, Job, JobResult } from './protocol.js'
import { runPretrainJob, runUnlearnJob } from './training-jobs.js'

/** What a job may say while it runs, and how it is told to stop. */
export interface JobControl {
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number
  readonly onProgress: (progress: Progress) => void
  readonly onCheckpoint: (checkpoint: CheckpointBytes) => void
  /** Whether to stop at the next place from which the work can be resumed. */
  readonly isStopWanted: () => boolean
  /** Stops the work: throws by way of `signal`. */
  readonly stop: () => void
}

export function runJob(job: Job, control: JobControl): Promise<JobResult> {
  switch (job.kind) {
    case 'ingest':
      return runIngestJob(job, control)
    case 'pretrain':
      return runPretrainJob(job, control)
    case 'unlearn':
      return runUnlearnJob(job, control)
    case 'audit':
      return runAuditJob(job, control)
  }
}
