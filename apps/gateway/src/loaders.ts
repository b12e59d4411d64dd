import type { TenantClient } from '@lethe/db'
import DataLoader from 'dataloader'
import type { TenantViewer } from './tenant-viewer.js'
import type { Memberships } from './identity/memberships.js'
import type { People } from './identity/people.js'
import { auditLoaders } from './modules/audit/audit.loaders.js'
import { bundleLoaders } from './modules/bundle/bundle.loaders.js'
import { clockLoaders } from './modules/clock/clock.loaders.js'
import { datasetLoaders } from './modules/dataset/dataset.loaders.js'
import { erasureLoaders } from './modules/erasure/erasure.loaders.js'
import { evidenceLoaders } from './modules/evidence/evidence.loaders.js'
import { identityChallengeLoaders } from './modules/identity-challenge/identity-challenge.loaders.js'
import { modelLoaders } from './modules/model/model.loaders.js'
import { memberLoaders } from './modules/member/member.loaders.js'
import type { Reach } from './modules/auditor-access/case-reach.js'
import { noticeLoaders } from './modules/notice/notice.loaders.js'
import { runLoaders } from './modules/run/run.loaders.js'
import { webhookLoaders } from './modules/webhook/webhook.loaders.js'

export interface LoaderInput {
  readonly db: TenantClient
  readonly viewer: TenantViewer
  readonly people: People
  readonly memberships: Memberships
  readonly reach: () => Promise<Reach>
}

/** Of one request, so that nothing is remembered past it and nobody shares a cache. */
export const createLoaders = ({ db, viewer, people, memberships, reach }: LoaderInput) => ({
  ...datasetLoaders(db, reach),
  ...modelLoaders(db, reach),
  ...evidenceLoaders(db),
  ...runLoaders(db, reach),
  ...clockLoaders(db),
  ...auditLoaders(db, viewer),
  ...bundleLoaders(db, viewer),
  ...erasureLoaders(db, viewer),
  ...identityChallengeLoaders(db),
  ...memberLoaders(db, memberships),
  ...noticeLoaders(db, viewer),
  ...webhookLoaders(db),
  personName: new DataLoader<string, string>(async (ids) => {
    const names = await people.namesOf(viewer.tenantId, ids)
    return ids.map((id) => names.get(id) ?? 'Former member')
  }),
})

export type Loaders = ReturnType<typeof createLoaders>
