import { z } from 'zod'

/** A run is the durable row behind a task; an attempt is one delivery of it. */
export const RunKind = z.enum(['ingest', 'pretrain', 'unlearn', 'audit', 'redact'])
export type RunKind = z.infer<typeof RunKind>

export const RunState = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'])
export type RunState = z.infer<typeof RunState>

export const isSettled = (state: RunState): boolean =>
  state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED'

/** One observation of work in progress. `fraction` is of the whole run, in [0, 1]. */
export const Progress = z.object({
  phase: z.string().max(64),
  fraction: z.number().min(0).max(1),
  epoch: z.int().min(0).optional(),
  epochs: z.int().min(0).optional(),
  step: z.int().min(0).optional(),
  steps: z.int().min(0).optional(),
  loss: z.number().optional(),
  samplesPerSecond: z.number().min(0).optional(),
  etaSeconds: z.number().min(0).optional(),
  /** Share of the time so far in which training waited for views. */
  viewWaitShare: z.number().min(0).max(1).optional(),
})
export type Progress = z.infer<typeof Progress>

/** Measured, never allocated. */
export const RunCost = z.object({
  wallSeconds: z.number().min(0),
  cpuSeconds: z.number().min(0),
  peakMemoryBytes: z.number().min(0),
  device: z.string(),
})
export type RunCost = z.infer<typeof RunCost>

/** Where a checkpoint came from; travels with it. */
export const Provenance = z.object({
  backend: z.string(),
  backendVersion: z.string(),
  tfjsVersion: z.string(),
  nodeVersion: z.string(),
  codeVersion: z.string(),
  platform: z.string(),
  device: z.string(),
})
export type Provenance = z.infer<typeof Provenance>
