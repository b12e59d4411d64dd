import {
  AggregateChanged,
  type Bus,
  Deployment,
  publishChanged,
  publishTask,
  putDeployment,
  removeDeployment,
  requestCancel,
  Task,
} from '@lethe/bus'
import type { OutboxMessage } from '@lethe/db'
import { RunId, RunKind, TenantId } from '@lethe/domain'
import { z } from 'zod'

const DeploymentChange = z.discriminatedUnion('action', [
  z.object({ action: z.literal('put'), deployment: Deployment }),
  z.object({ action: z.literal('remove'), modelVersionId: z.uuid() }),
])

const Cancel = z.object({ tenantId: TenantId, runId: RunId, runKind: RunKind, at: z.iso.datetime() })

/**
 * Sends one message of the outbox where its contract says. Repeating it changes nothing: the bus drops a message id it
 * has seen, and deployments and cancels are states.
 *
 * @throws ZodError when the payload breaks its contract
 */
export async function publishMessage(bus: Bus, { id, contract, payload }: OutboxMessage): Promise<void> {
  switch (contract) {
    case 'task':
      await publishTask(bus, Task.parse(payload), { msgId: id })
      return
    case 'aggregate-changed':
      await publishChanged(bus, AggregateChanged.parse(payload), { msgId: id })
      return
    case 'deployment': {
      const change = DeploymentChange.parse(payload)
      if (change.action === 'put') await putDeployment(bus, change.deployment)
      else await removeDeployment(bus, change.modelVersionId)
      return
    }
    case 'cancel':
      await requestCancel(bus, Cancel.parse(payload))
  }
}
