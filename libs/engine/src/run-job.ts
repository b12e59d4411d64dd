import { runAuditJob } from './audit-job.js'
import { runIngestJob } from './ingest-job.js'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'
import { runRedactJob } from './redact-job.js'
import { runPlanJob, runPretrainJob, runUnlearnJob } from './training-jobs.js'

export function runJob(job: Job, control: JobControl): Promise<JobResult> {
  switch (job.kind) {
    case 'ingest':
      return runIngestJob(job, control)
    case 'plan':
      return runPlanJob(job)
    case 'pretrain':
      return runPretrainJob(job, control)
    case 'unlearn':
      return runUnlearnJob(job, control)
    case 'audit':
      return runAuditJob(job, control)
    case 'redact':
      return runRedactJob(job)
  }
}
