import type { Run as RunRow } from '@lethe/db'
import { Progress as ProgressSchema, type RunKind, type RunState } from '@lethe/domain'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import { shapeCost } from '../model/model.shape.js'
import { Progress, Run, RunFailure } from './run.types.js'

const Failure = z.object({ code: z.string(), message: z.string(), field: z.string().optional() })
/** The parts of a task that tell by which method a run works. */
const TaskMethod = z.object({ unlearning: z.object({ method: z.string() }).optional(), method: z.string().optional() })

export const shapeProgress = (progress: ProgressSchema): Progress => shape(Progress, progress)

export function shapeRun(row: RunRow): Run {
  const task = TaskMethod.parse(row.task)
  return shape(Run, {
    id: row.id,
    requestId: row.requestId,
    modelVersionId: row.modelVersionId,
    kind: row.kind as RunKind,
    state: row.state as RunState,
    attempt: row.attempt,
    worker: row.worker,
    device: row.device,
    progress: row.progress === null ? null : shapeProgress(ProgressSchema.parse(row.progress)),
    failure: row.error === null ? null : shape(RunFailure, Failure.parse(row.error)),
    cost: shapeCost(row.cost),
    cancelRequested: row.cancelRequestedAt !== null,
    method: task.unlearning?.method ?? task.method ?? null,
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  })
}
