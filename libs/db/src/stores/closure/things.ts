import { type ErasureAction, type ErasureThingKind, PROOF_BASIS } from '@lethe/domain'
import { z } from 'zod'
import type { Tx } from '../../database.js'
import type { ErasureThing } from '../../generated/client.js'
import { newId } from '../../new-id.js'
import { toJson } from '../../outbox.js'
import { type AffectedData, readAffectedData, readUnreadUploads } from './read-data.js'
import { type Descendant, readDescendants } from './read-descendants.js'

const Blobs = z.array(z.object({ digest: z.string(), size: z.number() }))
export type Blobs = z.infer<typeof Blobs>

export const blobsOf = ({ blobs }: Pick<ErasureThing, 'blobs'>): Blobs => Blobs.parse(blobs)

/** A thing as a plan names it. */
export interface NewThing {
  readonly thing: ErasureThingKind
  readonly refId: string
  readonly label: string
  readonly action: ErasureAction
  readonly basis: string | null
  readonly blobs: Blobs
}

const blob = (digest: string | null, size: bigint | null): Blobs =>
  digest === null ? [] : [{ digest, size: Number(size) }]

/**
 * Puts on a request's list whatever derives from its forget set now. What is on the list already stays; blobs that a
 * thing has got since are added to it. `modelAction`: what is done about a version; null: it is not for this list.
 */
export async function listThings(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    modelAction: (descendant: Descendant) => ErasureAction | null
    /** By what law a version is kept. */
    basisOf?: (descendant: Descendant) => string | null
    /** False once a plan is under way: data that came later is not covered by it. */
    includeData: boolean
  },
): Promise<ErasureThing[]> {
  const { tenantId, requestId } = input
  const [data, unread, descendants, request] = await Promise.all([
    readAffectedData(tx, input),
    readUnreadUploads(tx, tenantId),
    readDescendants(tx, input),
    tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } }),
  ])
  const listed = await tx.erasureThing.findMany({ where: { tenantId, requestId } })
  const isListed = (thing: string, refId: string) => listed.some((row) => row.thing === thing && row.refId === refId)
  const things = [
    ...data.flatMap(thingsOfData),
    ...unread.map(({ version, label }) => uploadOf(version.id, label, blob(version.uploadDigest, version.uploadSize))),
    ...singleThings(requestId, blob(request.forgetDigest, request.forgetSize)),
  ].filter(({ thing, refId }) => input.includeData || isListed(thing, refId))
  const models = descendants.flatMap((descendant) => {
    const action = input.modelAction(descendant)
    return action === null ? [] : [thingOfModel(descendant, action, input.basisOf?.(descendant) ?? null)]
  })
  const isPlanning = input.includeData
  for (const thing of [...things, ...models]) await putOnList(tx, { tenantId, requestId, thing, listed, isPlanning })
  return tx.erasureThing.findMany({ where: { tenantId, requestId }, orderBy: [{ thing: 'asc' }, { refId: 'asc' }] })
}

const uploadOf = (refId: string, label: string, blobs: Blobs): NewThing => ({
  thing: 'dataset-upload',
  refId,
  label,
  action: 'DESTROY',
  basis: null,
  blobs,
})

function thingsOfData({ version, label, inPack }: AffectedData): NewThing[] {
  const thing = (kind: ErasureThingKind, blobs: Blobs): NewThing => ({
    thing: kind,
    refId: version.id,
    label,
    action: 'DESTROY',
    basis: null,
    blobs,
  })
  return [
    uploadOf(
      version.id,
      label,
      version.uploadDestroyedAt === null ? blob(version.uploadDigest, version.uploadSize) : [],
    ),
    // A pack that has been redacted holds them no more; the one before it is on the list since then.
    thing('dataset-pack', inPack > 0 ? blob(version.packDigest, version.packSize) : []),
    thing('sample-list', blob(version.samplesDigest, version.samplesSize)),
    thing('samples', []),
  ]
}

/** A version that stays has no blobs on the list. */
const thingOfModel = (
  { version, label, disposition }: Descendant,
  action: ErasureAction,
  basis: string | null,
): NewThing => ({
  thing: 'model-version',
  refId: version.id,
  label,
  action,
  basis,
  blobs:
    disposition.kind === 'settled' && disposition.state !== 'DESTROYED'
      ? []
      : [...blob(version.weightsDigest, version.weightsSize), ...blob(version.stateDigest, version.stateSize)],
})

function singleThings(requestId: string, forgetSet: Blobs): NewThing[] {
  const thing = (kind: ErasureThingKind, label: string, more: Partial<NewThing> = {}): NewThing => ({
    thing: kind,
    refId: requestId,
    label,
    action: 'DESTROY',
    basis: null,
    blobs: [],
    ...more,
  })
  const kept = { action: 'RETAIN', basis: PROOF_BASIS } as const
  return [
    thing('forget-set', 'The list of samples to forget', { blobs: forgetSet }),
    thing('forget-set-rows', 'The rows of that list'),
    thing('deployments', 'Versions that remember, at the embedding service'),
    thing('resume-points', 'Places that interrupted runs would go on from'),
    thing('idempotency-keys', 'Digests of what the request was raised with'),
    thing('audit-records', 'Reports, matrices and scores of the audits', kept),
    thing('request-record', 'The request: its number, counts, digests and decisions', kept),
  ]
}

async function putOnList(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    thing: NewThing
    listed: readonly ErasureThing[]
    /** Whether the plan may say something else of it than before. */
    isPlanning: boolean
  },
): Promise<void> {
  const { tenantId, requestId, thing, listed } = input
  const known = listed.find((row) => row.thing === thing.thing && row.refId === thing.refId)
  if (known === undefined) {
    await tx.erasureThing.create({
      data: { ...thing, id: newId(), tenantId, requestId, blobs: toJson(thing.blobs) },
    })
    return
  }
  if (known.state !== 'PLANNED') return
  const before = blobsOf(known)
  const fresh = thing.blobs.filter(({ digest }) => before.every((blob) => blob.digest !== digest))
  const { action, basis } = input.isPlanning ? thing : known
  if (fresh.length === 0 && known.label === thing.label && known.action === action && known.basis === basis) return
  await tx.erasureThing.update({
    where: { tenantId_id: { tenantId, id: known.id } },
    data: { label: thing.label, action, basis, blobs: toJson([...before, ...fresh]) },
  })
}
