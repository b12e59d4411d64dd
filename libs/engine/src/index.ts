export { EngineThread, type EngineOptions, type JobHandlers } from './engine-thread.js'
export type { AuditReference, CheckpointBytes, EngineDevice, Job, JobResult, TrainingYield } from './protocol.js'
export { defaultViewThreads, openViewPool, type ViewPoolErrorCode } from './view-pool.js'
