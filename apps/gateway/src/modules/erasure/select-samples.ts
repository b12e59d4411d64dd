import type { DataOwner as OwnerRow, Tx } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { TenantViewer } from '../../tenant-viewer.js'

export interface Selection {
  readonly subjectKey?: string | null
  readonly contentIds?: readonly string[] | null
  /** Key of the person whose samples these content ids must be. */
  readonly ofSubject?: string | null
}

export interface SelectedSamples {
  /** Null when nothing that was asked for is known. */
  readonly owner: OwnerRow | null
  /** Unique; known in at least one dataset version that is READY. */
  readonly contentIds: readonly string[]
  readonly unknownContentIds: readonly string[]
}

const maxContentIds = 10_000

/**
 * Finds what a selection names among the samples of READY dataset versions. What a data owner does not own is unknown
 * to them.
 *
 * @throws DomainError SELECTION_INVALID, UNKNOWN_SUBJECT, MIXED_OWNERS
 */
export async function selectSamples(
  tx: Tx,
  viewer: TenantViewer,
  { subjectKey, contentIds, ofSubject }: Selection,
  field: string,
): Promise<SelectedSamples> {
  if ((subjectKey == null) === (contentIds == null))
    throw new DomainError('SELECTION_INVALID', 'Give either a subject key or content ids, and not both.', field)
  if (subjectKey != null) return selectBySubject(tx, viewer, subjectKey, `${field}.subjectKey`)
  const selected = await selectByContent(tx, viewer, [...new Set(contentIds)], `${field}.contentIds`)
  const { owner } = selected
  if (ofSubject != null && owner !== null && owner.subjectKey !== ofSubject)
    throw new DomainError('MIXED_OWNERS', 'This sample belongs to another data owner.', `${field}.contentIds`)
  return selected
}

async function selectBySubject(
  tx: Tx,
  viewer: TenantViewer,
  subjectKey: string,
  field: string,
): Promise<SelectedSamples> {
  const owner = await tx.dataOwner.findFirst({ where: { subjectKey } })
  if (owner === null || !isTheirs(viewer, owner))
    throw new DomainError('UNKNOWN_SUBJECT', 'Nobody is known by this key; check its spelling.', field)
  const samples = await tx.sample.findMany({
    where: { ownerId: owner.id, version: { state: 'READY' } },
    select: { contentId: true },
    distinct: ['contentId'],
  })
  return { owner, contentIds: samples.map(({ contentId }) => contentId), unknownContentIds: [] }
}

async function selectByContent(
  tx: Tx,
  viewer: TenantViewer,
  wanted: readonly string[],
  field: string,
): Promise<SelectedSamples> {
  if (wanted.length > maxContentIds)
    throw new DomainError('SELECTION_INVALID', `Name at most ${maxContentIds} samples in one request.`, field)
  const samples = await tx.sample.findMany({
    where: { contentId: { in: [...wanted] }, version: { state: 'READY' } },
    select: { contentId: true, owner: true },
  })
  const theirs = samples.filter(({ owner }) => isTheirs(viewer, owner))
  const owners = new Map(theirs.map(({ owner }) => [owner.id, owner]))
  if (owners.size > 1)
    throw new DomainError(
      'MIXED_OWNERS',
      'These samples belong to several data owners; make one request for each.',
      field,
    )
  const known = new Set(theirs.map(({ contentId }) => contentId))
  return {
    owner: [...owners.values()][0] ?? null,
    contentIds: [...known],
    unknownContentIds: wanted.filter((contentId) => !known.has(contentId)),
  }
}

const isTheirs = (viewer: TenantViewer, owner: OwnerRow): boolean =>
  viewer.role !== 'data_owner' || owner.userId === viewer.userId
