import type { GrantSealer } from '@lethe/artifacts'
import {
  AggregateChanged,
  Deployment,
  type GrantsOf,
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
import type { RegistrarContext } from './registrar-context.js'

const DeploymentChange = z.discriminatedUnion('action', [
  z.object({ action: z.literal('put'), deployment: Deployment }),
  z.object({ action: z.literal('remove'), modelVersionId: z.uuid() }),
])

const Cancel = z.object({ tenantId: TenantId, runId: RunId, runKind: RunKind, at: z.iso.datetime() })

/** What the embedding service shows to get at the weights of a deployment. */
export const grantOf = (grants: GrantSealer, { tenantId, modelVersionId: id }: Deployment): string =>
  grants.seal({ kind: 'deployment', tenantId, id })

/** What workers show to get at the blobs of a run, and prove by what they say of it. */
export const grantsOfRun =
  (grants: GrantSealer): GrantsOf =>
  ({ tenantId, runId: id }) =>
    grants.sealings({ kind: 'run', tenantId, id })

/**
 * Sends one message of the outbox where its contract says, with the grant that its receiver needs: the outbox holds none.
 * Repeating it changes nothing: the bus drops a message id it has seen, and deployments and cancels are states.
 *
 * @throws ZodError when the payload breaks its contract
 */
export async function publishMessage(
  { bus, grants }: Pick<RegistrarContext, 'bus' | 'grants'>,
  { id, contract, payload }: OutboxMessage,
): Promise<void> {
  switch (contract) {
    case 'task': {
      const task = Task.parse(payload)
      await publishTask(bus, task, { msgId: id, grant: grantsOfRun(grants)(task)[0] })
      return
    }
    case 'aggregate-changed':
      await publishChanged(bus, AggregateChanged.parse(payload), { msgId: id })
      return
    case 'deployment': {
      const change = DeploymentChange.parse(payload)
      if (change.action === 'put')
        await putDeployment(bus, { ...change.deployment, grant: grantOf(grants, change.deployment) })
      else await removeDeployment(bus, change.modelVersionId)
      return
    }
    case 'cancel': {
      const cancel = Cancel.parse(payload)
      await requestCancel(bus, cancel, grantsOfRun(grants)(cancel)[0])
    }
  }
}
