import type { OutboxMessage } from '@lethe/db'
import { RunId, RunKind, TenantId } from '@lethe/domain'
import { z } from 'zod'
import type { RegistrarContext } from '../registrar-context.js'
import { recordResult } from './record-result.js'

const TaskHead = z.object({ tenantId: TenantId, runId: RunId, kind: RunKind })

/** A task that no worker would ever get must not leave its run waiting: the run ends as failed. */
export async function failUnpublishableRun(context: RegistrarContext, message: OutboxMessage): Promise<void> {
  const head = TaskHead.safeParse(message.payload)
  if (message.contract !== 'task' || !head.success) return
  const at = context.now().toISOString()
  await recordResult(context, {
    version: 1,
    tenantId: head.data.tenantId,
    runId: head.data.runId,
    runKind: head.data.kind,
    attempt: 1,
    startedAt: at,
    finishedAt: at,
    outcome: 'failed',
    error: { code: 'TASK_MALFORMED', message: 'The task breaks its contract and was not published.' },
  })
}
