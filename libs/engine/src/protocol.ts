import type {
  AuditPolicy,
  AuditReport,
  ContentId,
  Progress,
  Provenance,
  TrainingRecipe,
  TwinCommitment,
  TwinPairing,
  UnlearningMethod,
  UnlearningRecipe,
} from '@lethe/domain'
import type { NearDuplicate } from '@lethe/datasets'
import type { BackendChoice, Device } from '@lethe/device'
import type { TrainingPlan, TrainingResult } from '@lethe/learning'

/** Both files of a model checkpoint. */
export interface CheckpointBytes {
  readonly weights: Uint8Array
  readonly state: Uint8Array
}

/** The content ids that the train set goes without. */
interface TrainingData {
  readonly pack: Uint8Array
  readonly excluded: readonly ContentId[]
}

interface Training extends TrainingData {
  readonly recipe: TrainingRecipe
  /** Where an earlier attempt left off. */
  readonly resume: CheckpointBytes | null
  readonly provenance: Provenance
  /** Training is checkpointed at the first epoch boundary after so long. */
  readonly checkpointMs: number
  /** The features are scored on the held-out split after every so many epochs, where samples have classes; 0 never. */
  readonly evaluateEveryEpochs: number
}

/** Work with everything it needs: the engine reads no blob and knows no bus. */
export type Job =
  | {
      readonly kind: 'ingest'
      readonly upload: Uint8Array
      readonly imageSize: number
      /** Randomised twins; the seed is drawn by whoever starts the job, so that the engine stays a function of its input. */
      readonly twins?: { readonly pairing: TwinPairing; readonly seed: Uint8Array }
    }
  /** What a pretraining would take; trains nothing. */
  | ({ readonly kind: 'plan'; readonly recipe: TrainingRecipe } & TrainingData)
  | ({ readonly kind: 'pretrain' } & Training)
  | ({
      readonly kind: 'unlearn'
      readonly forget: readonly ContentId[]
      readonly learnedCount?: number
      /** State besides weights: MoCo's queue and momentum encoder are in it. */
      readonly parent: CheckpointBytes
      readonly unlearning: UnlearningRecipe
    } & Training)
  | ({
      readonly kind: 'audit'
      readonly forget: readonly ContentId[]
      readonly learnedCount?: number
      /** Samples that `after` has forgotten besides. */
      readonly together?: readonly ContentId[]
      readonly before: Uint8Array
      readonly after: Uint8Array
      readonly references: readonly AuditReference[]
      readonly recipe: TrainingRecipe
      readonly method: UnlearningMethod
      readonly policy: AuditPolicy
      /** The coins of the pack's twins, revealed. */
      readonly twinSeed?: Uint8Array | null
    } & TrainingData)
  | { readonly kind: 'redact'; readonly pack: Uint8Array; readonly forget: readonly ContentId[] }

export interface AuditReference {
  readonly label: string
  readonly role: 'baseline' | 'retrain'
  readonly method: UnlearningMethod
  readonly weights: Uint8Array
}

export interface TrainingYield {
  readonly checkpoint: CheckpointBytes
  readonly curve: TrainingResult['curve']
  readonly trainCount: number
}

export type JobResult =
  | {
      readonly kind: 'ingest'
      readonly pack: Uint8Array
      /** JSON Lines of IngestedSample. */
      readonly samples: Uint8Array
      readonly sampleCount: number
      readonly exactDuplicates: number
      readonly nearDuplicates: number
      readonly quarantined: readonly { readonly key: string; readonly reason: string }[]
      readonly quarantinedCount: number
      readonly twins: TwinCommitment | null
      /** As it was given, to be kept under its digest: the commitment. */
      readonly twinSeed: Uint8Array | null
    }
  | {
      readonly kind: 'plan'
      readonly plan: TrainingPlan
      readonly trainCount: number
      readonly heldOutCount: number
    }
  | ({ readonly kind: 'pretrain' } & TrainingYield)
  | ({
      readonly kind: 'unlearn'
      readonly forgetCount: number
      /** Samples that stay although they resemble one that was forgotten, in pack order: what forgetting means is blurred by them. */
      readonly resembling: readonly NearDuplicate[]
    } & TrainingYield)
  | {
      readonly kind: 'audit'
      readonly report: AuditReport
      /** Named by the report, by their digests. */
      readonly matrices: Uint8Array
      readonly data: Uint8Array
    }
  | {
      readonly kind: 'redact'
      /** Null where no sample is left. */
      readonly pack: Uint8Array | null
      readonly removed: number
      readonly remaining: number
    }

export interface EngineDevice extends Device {
  readonly tfjsVersion: string
}

/** What the engine thread is started with. */
export interface EngineSetup {
  readonly backend: BackendChoice
  readonly tfjsNodeDir?: string | undefined
  /** Threads that draw views for training; 0 draws them on the engine's own. */
  readonly viewThreads: number
}

/** Main thread to engine. One job at a time; `job` counts them, so that a late word about the last one is not mistaken. */
export type EngineOrder =
  | { readonly type: 'start'; readonly job: number; readonly work: Job }
  /** `boundary`: at the end of the epoch, with a checkpoint, where the work has epochs; `now`: at the next step. */
  | { readonly type: 'stop'; readonly job: number; readonly when: 'boundary' | 'now' }

/** Engine to main thread. */
export type EngineNews =
  | { readonly type: 'ready'; readonly device: EngineDevice }
  | { readonly type: 'unavailable'; readonly failure: EngineFailure }
  | { readonly type: 'progress'; readonly job: number; readonly progress: Progress }
  | { readonly type: 'checkpoint'; readonly job: number; readonly checkpoint: CheckpointBytes }
  | { readonly type: 'done'; readonly job: number; readonly result: JobResult }
  | { readonly type: 'stopped'; readonly job: number }
  | { readonly type: 'failed'; readonly job: number; readonly failure: EngineFailure }

/** An error as it crosses between threads. With a code it is an expected refusal. */
export interface EngineFailure {
  readonly code?: string
  readonly message: string
  readonly field?: string
  readonly stack?: string
}
