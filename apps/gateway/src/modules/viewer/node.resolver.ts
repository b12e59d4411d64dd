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

type Find = (scope: Scope, id: string) => Promise<Node | null>
const found = <Row>(row: Row | null, shapeRow: (row: Row) => Node): Node | null => row && shapeRow(row)

/** Every aggregate that has an id, behind the action that reading it asks for. */
const aggregates: readonly [Action, Find][] = [
  ['erasure:read', async ({ loaders }, id) => found(await loaders.erasureRequest.load(id), shapeErasureRequest)],
  ['audit:read', async ({ loaders }, id) => found(await loaders.audit.load(id), shapeAudit)],
  ['erasure:read', async ({ loaders }, id) => found(await loaders.evidenceBundle.load(id), shapeBundle)],
  ['dataset:read', async ({ loaders }, id) => found(await loaders.dataset.load(id), shapeDataset)],
  ['dataset:read', async ({ loaders }, id) => found(await loaders.datasetVersion.load(id), shapeDatasetVersion)],
  [
    'dataset:read',
    async ({ loaders, viewer, reach }, id) =>
      inReach(await reach(), 'ownerIds', [id]).length === 0
        ? null
        : found(await loaders.dataOwner.load(id), (row) => shapeDataOwner(row, viewer)),
  ],
  ['model:read', async ({ loaders }, id) => found(await loaders.model.load(id), shapeModel)],
  ['model:read', async ({ loaders }, id) => found(await loaders.modelVersion.load(id), shapeModelVersion)],
  ['run:read', async ({ loaders }, id) => found(await loaders.run.load(id), shapeRun)],
  [
    'tenant:read',
    async (scope, id) => {
      const row = await scope.loaders.notice.load(id)
      return row && shapeNotice(row, await readSeenAt(scope))
    },
  ],
  ['member:read', findMember],
  ['key:read', findApiKeyById],
  ['sso:read', findSsoProvider],
  ['auditor:read', findGrant],
  ['webhook:read', async ({ loaders }, id) => found(await loaders.webhook.load(id), shapeWebhook)],
  ['webhook:read', async ({ loaders }, id) => found(await loaders.webhookDelivery.load(id), shapeDelivery)],
]

async function findNode(scope: Scope, id: string): Promise<Node | null> {
  const readable = aggregates.filter(([action]) => may(scope.viewer, action))
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
