import { affectedVersions, type Tx } from '@lethe/db'
import { AuditPolicy, auditPower, requiredForgetSize } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { shapeDataOwner, shapeSample } from '../dataset/dataset.shape.js'
import type { Sample } from '../dataset/dataset.types.js'
import { AffectedVersion, AuditPower, ErasurePreview } from './erasure-preview.types.js'
import { type Selection, selectSamples } from './select-samples.js'

const mostNearDuplicates = 100

/** What a request would touch, and whether its audit could tell anything. Changes nothing. */
export async function previewErasure(scope: Scope, selection: Selection): Promise<ErasurePreview> {
  const { db, viewer } = scope
  const { owner, contentIds, unknownContentIds } = await selectSamples(db, viewer, selection, 'selection')
  const affected = await affectedVersions(db, { tenantId: scope.tenantId, contentIds })
  const heldOutCount = await countHeldOut(
    db,
    affected.map(({ modelVersionId }) => modelVersionId),
  )
  // Other people's samples are none of a data owner's business.
  const isOutsider = viewer.role === 'data_owner' || owner === null
  return shape(ErasurePreview, {
    owner: owner && shapeDataOwner(owner, viewer),
    forgetCount: contentIds.length,
    unknownContentIds: [...unknownContentIds],
    nearDuplicatesOfOthers: isOutsider ? [] : await findNearDuplicates(db, contentIds, owner.id),
    affected: affected.map(({ modelVersionId, learnedCount }) =>
      shape(AffectedVersion, { modelVersionId, learnedCount }),
    ),
    auditPower: powerOf(contentIds.length, heldOutCount),
  })
}

function powerOf(forgetCount: number, heldOutCount: number): AuditPower {
  const policy = AuditPolicy.parse({ version: 1 })
  return shape(AuditPower, {
    forgetCount,
    heldOutCount,
    power: auditPower({ forgetCount, heldOutCount, policy }),
    requiredForgetSize: requiredForgetSize({ heldOutCount, policy }),
    aucMargin: policy.aucMargin,
  })
}

/** Held-out samples of the affected versions' data; of the version that has fewest, since each is audited apart. */
async function countHeldOut(tx: Tx, modelVersionIds: string[]): Promise<number> {
  const versions = await tx.modelVersion.findMany({
    where: { id: { in: modelVersionIds } },
    select: { datasetVersionId: true },
    distinct: ['datasetVersionId'],
  })
  const counts = await Promise.all(
    versions.map(({ datasetVersionId }) => tx.sample.count({ where: { datasetVersionId, split: 'held-out' } })),
  )
  return counts.length === 0 ? 0 : Math.min(...counts)
}

/** Either way round: a sample of somebody else that resembles a selected one, or that a selected one resembles. */
async function findNearDuplicates(tx: Tx, contentIds: readonly string[], ownerId: string): Promise<Sample[]> {
  const resembled = await tx.sample.findMany({
    where: { contentId: { in: [...contentIds] }, nearDuplicateOf: { not: null } },
    select: { nearDuplicateOf: true },
  })
  const originals = resembled.flatMap(({ nearDuplicateOf }) => nearDuplicateOf ?? [])
  const samples = await tx.sample.findMany({
    where: {
      ownerId: { not: ownerId },
      version: { state: 'READY' },
      OR: [{ nearDuplicateOf: { in: [...contentIds] } }, { contentId: { in: originals } }],
    },
    orderBy: [{ datasetVersionId: 'asc' }, { index: 'asc' }],
    distinct: ['contentId'],
    take: mostNearDuplicates,
  })
  return samples.map(shapeSample)
}
