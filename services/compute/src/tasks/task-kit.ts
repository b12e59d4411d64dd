import type { WorkerStore } from '@lethe/artifacts'
import type { BlobRef, RunOutput, Task } from '@lethe/bus'
import type { Provenance } from '@lethe/domain'
import type { CheckpointBytes, Job, JobResult } from '@lethe/engine'

/** What a task needs besides its message. */
export interface Preparation {
  readonly artifacts: WorkerStore
  readonly provenance: Provenance
  readonly resume: CheckpointBytes | null
  readonly checkpointMs: number
  /** How often pretraining is evaluated. */
  readonly evaluations: number
}

/** How a kind of task becomes a job of the engine, and how its result becomes the output of the run. */
export interface TaskKind<Kind extends Task['kind']> {
  /** Reads every blob, verified. @throws DomainError where one is missing, corrupt or not what it should be. */
  prepare(task: Extract<Task, { kind: Kind }>, preparation: Preparation): Promise<Extract<Job, { kind: Kind }>>
  /** Keeps every blob before it is named. */
  store(
    result: Extract<JobResult, { kind: Kind }>,
    keep: (bytes: Uint8Array) => Promise<BlobRef>,
    provenance: Provenance,
  ): Promise<Extract<RunOutput, { kind: Kind }>>
}
