import { dispose, type DescendantVersion, type Disposition } from '@lethe/domain'
import type { Tx } from '../../database.js'
import type { ModelVersion } from '../../generated/client.js'
import { parseExcluded } from '../lineage.js'

/** A model version that learned from a request's forget set, or was made from one that did. */
export interface Descendant {
  readonly version: ModelVersion
  /** For people: the model's name and the version's number. */
  readonly label: string
  readonly disposition: Disposition
}

/**
 * Every model version that derives from a request's forget set, whatever its state and origin, and what is so or has to
 * be done about it. What is on the request's list stays one, though another erasure may have taken the samples that both
 * ask for, and what was made to forget the set is one, whatever else it left out. Samples in another forget set that a version leaves out do not count; one that is trained from
 * nothing without the set does not derive from it.
 */
export async function readDescendants(tx: Tx, input: { tenantId: string; requestId: string }): Promise<Descendant[]> {
  const { tenantId, requestId } = input
  const { forgetDigest } = await tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: requestId } },
    select: { forgetDigest: true },
  })
  const versions = await findVersions(tx, { tenantId, requestId, forgetDigest })
  const cover = await readCover(tx, { tenantId, requestId, forgetDigest, versions })
  const byId = new Map(versions.map((version) => [version.id, version]))
  return versions.flatMap(({ model, ...version }) => {
    const carrier = carrierOf(version, byId, forgetDigest)
    const holdsNothing = version.state === 'FAILED' && version.weightsDigest === null
    if (holdsNothing || carrier?.origin === 'pretrain') return []
    const facts: DescendantVersion = {
      state: version.state as DescendantVersion['state'],
      isDestroyed: version.destroyedAt !== null,
      isTrainedAnew: carrier?.method === 'retrain',
      isRetained: cover.retained.has(version.id),
      hasPassed: carrier !== null && cover.passed.has(carrier.id),
      isCovered: isCovered(version, byId, cover.covered),
    }
    return [{ version, label: `${model.name}, version ${version.number}`, disposition: dispose(facts) }]
  })
}

type Lineage = Pick<ModelVersion, 'id' | 'parentId' | 'origin' | 'method' | 'excluded'>

async function findVersions(tx: Tx, input: { tenantId: string; requestId: string; forgetDigest: string }) {
  const { tenantId, requestId, forgetDigest } = input
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT v.id FROM model_version v
    WHERE v.tenant_id = ${tenantId}::uuid AND (v.id IN (
      SELECT t.ref_id FROM erasure_thing t
      WHERE t.tenant_id = v.tenant_id AND t.request_id = ${requestId}::uuid AND t.thing = 'model-version')
    OR v.excluded @> jsonb_build_array(jsonb_build_object('digest', ${forgetDigest}::text))
    OR EXISTS (
      SELECT FROM forget_set_sample f
      JOIN sample s ON s.tenant_id = f.tenant_id AND s.content_id = f.content_id
      WHERE f.tenant_id = v.tenant_id AND f.request_id = ${requestId}::uuid
        AND s.dataset_version_id = v.dataset_version_id AND s.split = 'train'
        AND NOT EXISTS (
          SELECT FROM forget_set_sample g
          JOIN erasure_request q ON q.tenant_id = g.tenant_id AND q.id = g.request_id
          WHERE g.tenant_id = f.tenant_id AND g.content_id = f.content_id AND q.forget_digest <> ${forgetDigest}
            AND v.excluded @> jsonb_build_array(jsonb_build_object('digest', q.forget_digest)))))`
  return tx.modelVersion.findMany({
    where: { tenantId, id: { in: rows.map(({ id }) => id) } },
    include: { model: { select: { name: true } } },
    orderBy: [{ modelId: 'asc' }, { number: 'asc' }],
  })
}

/** The first of a version's line that leaves the forget set out; null for one that does not. */
function carrierOf<Version extends Lineage>(
  version: Version,
  byId: ReadonlyMap<string, Version>,
  forgetDigest: string,
): Version | null {
  const leavesOut = ({ excluded }: Lineage) => parseExcluded(excluded).some(({ digest }) => digest === forgetDigest)
  if (!leavesOut(version)) return null
  const parent = version.parentId === null ? undefined : byId.get(version.parentId)
  return (parent && carrierOf(parent, byId, forgetDigest)) ?? version
}

async function readCover(
  tx: Tx,
  input: { tenantId: string; requestId: string; forgetDigest: string; versions: readonly { readonly id: string }[] },
): Promise<{ covered: ReadonlySet<string>; passed: ReadonlySet<string>; retained: ReadonlySet<string> }> {
  const { tenantId, requestId, forgetDigest } = input
  const ids = input.versions.map(({ id }) => id)
  const [things, runs, audits] = await Promise.all([
    tx.erasureThing.findMany({ where: { tenantId, requestId, thing: 'model-version' } }),
    tx.run.findMany({ where: { tenantId, requestId, modelVersionId: { in: ids } }, select: { modelVersionId: true } }),
    tx.$queryRaw<{ id: string }[]>`
      SELECT a.after_version_id AS id FROM audit a
      JOIN erasure_request r ON r.tenant_id = a.tenant_id AND r.id = a.request_id
      WHERE a.tenant_id = ${tenantId}::uuid AND a.verdict = 'PASS' AND r.forget_digest = ${forgetDigest}`,
  ])
  return {
    covered: new Set([
      ...things.map(({ refId }) => refId),
      ...runs.flatMap(({ modelVersionId }) => modelVersionId ?? []),
    ]),
    passed: new Set(audits.map(({ id }) => id)),
    retained: new Set(things.flatMap(({ action, refId }) => (action === 'RETAIN' ? [refId] : []))),
  }
}

/** What another request made of a covered version cannot serve once that one is gone, so it goes too. */
function isCovered(version: Lineage, byId: ReadonlyMap<string, Lineage>, covered: ReadonlySet<string>): boolean {
  if (covered.has(version.id)) return true
  const parent = version.parentId === null ? undefined : byId.get(version.parentId)
  return parent !== undefined && isCovered(parent, byId, covered)
}
