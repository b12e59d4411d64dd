import type { Action } from '@lethe/domain'
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { may } from '../../access/may.js'
import type { Context, Scope } from '../../context.js'
import { Node } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { shapeAudit } from '../audit/audit.shape.js'
import { inReach } from '../auditor-access/case-reach.js'
import { findGrant } from '../auditor-access/auditor-access.reads.js'
import { findApiKeyById } from '../api-key/api-key.reads.js'
import { shapeBundle } from '../bundle/bundle.shape.js'
import { shapeDataOwner, shapeDataset, shapeDatasetVersion } from '../dataset/dataset.shape.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { findMember } from '../member/member.reads.js'
import { shapeModel, shapeModelVersion } from '../model/model.shape.js'
import { readSeenAt, shapeNotice } from '../notice/notice.reads.js'
import { findSsoProvider } from '../sso/sso.reads.js'
import { shapeRun } from '../run/run.shape.js'
import { shapeDelivery, shapeWebhook } from '../webhook/webhook.shape.js'
import { readTenant } from './viewer.reads.js'

type Find = (scope: Scope, id: string) => Promise<Node | null>
const found = <Row>(row: Row | null, shapeRow: (row: Row) => Node): Node | null => row && shapeRow(row)

/** Every type of node, behind the action that reading it asks for. */
export const nodeTypes: Readonly<Record<string, [Action, Find]>> = {
  Tenant: ['tenant:read', async (scope, id) => (id === scope.tenantId ? readTenant(scope) : null)],
  ErasureRequest: [
    'erasure:read',
    async ({ loaders }, id) => found(await loaders.erasureRequest.load(id), shapeErasureRequest),
  ],
  Audit: ['audit:read', async ({ loaders }, id) => found(await loaders.audit.load(id), shapeAudit)],
  EvidenceBundle: [
    'erasure:read',
    async ({ loaders }, id) => found(await loaders.evidenceBundle.load(id), shapeBundle),
  ],
  Dataset: ['dataset:read', async ({ loaders }, id) => found(await loaders.dataset.load(id), shapeDataset)],
  DatasetVersion: [
    'dataset:read',
    async ({ loaders }, id) => found(await loaders.datasetVersion.load(id), shapeDatasetVersion),
  ],
  DataOwner: [
    'dataset:read',
    async ({ loaders, viewer, reach }, id) =>
      inReach(await reach(), 'ownerIds', [id]).length === 0
        ? null
        : found(await loaders.dataOwner.load(id), (row) => shapeDataOwner(row, viewer)),
  ],
  Model: ['model:read', async ({ loaders }, id) => found(await loaders.model.load(id), shapeModel)],
  ModelVersion: [
    'model:read',
    async ({ loaders }, id) => found(await loaders.modelVersion.load(id), shapeModelVersion),
  ],
  Run: ['run:read', async ({ loaders }, id) => found(await loaders.run.load(id), shapeRun)],
  Notice: [
    'tenant:read',
    async (scope, id) => {
      const row = await scope.loaders.notice.load(id)
      return row && shapeNotice(row, await readSeenAt(scope))
    },
  ],
  Member: ['member:read', findMember],
  ApiKey: ['key:read', findApiKeyById],
  SsoProvider: ['sso:read', findSsoProvider],
  AuditorGrant: ['auditor:read', findGrant],
  Webhook: ['webhook:read', async ({ loaders }, id) => found(await loaders.webhook.load(id), shapeWebhook)],
  WebhookDelivery: [
    'webhook:read',
    async ({ loaders }, id) => found(await loaders.webhookDelivery.load(id), shapeDelivery),
  ],
}

async function findNode(scope: Scope, id: string): Promise<Node | null> {
  const readable = Object.values(nodeTypes).filter(([action]) => may(scope.viewer, action))
  const nodes = await Promise.all(readable.map(([, find]) => find(scope, id)))
  return nodes.find((node) => node !== null) ?? null
}

@Resolver()
export class NodeResolver {
  @Requires('tenant:read')
  @Query(() => Node, { nullable: true })
  node(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    return findNode(context.scope(), id)
  }
}
