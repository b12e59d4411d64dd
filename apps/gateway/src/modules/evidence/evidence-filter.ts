import type { Prisma } from '@lethe/db'
import { DomainError, EvidenceKind } from '@lethe/domain'
import { ArgsType, Field, ID } from 'type-graphql'
import type { Scope } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { isUuid } from '../../graphql/page.js'
import { DateTime } from '../../graphql/scalars.js'
import { visibleEvidence } from './visible-evidence.js'

/** Which entries; all that is given must hold. */
export interface EvidenceFilter {
  readonly erasureRequestId?: string | null
  readonly kind?: string | null
  readonly modelId?: string | null
  readonly modelVersionId?: string | null
  readonly from?: Date | null
  readonly to?: Date | null
}

@ArgsType()
export class EvidenceArgs extends PageArgs implements EvidenceFilter {
  @Field(() => ID, { nullable: true })
  erasureRequestId?: string | null

  @Field(() => String, { nullable: true, description: 'Such as audit-completed/v1.' })
  kind?: string | null

  @Field(() => ID, { nullable: true, description: 'Entries about any version of this model.' })
  modelId?: string | null

  @Field(() => ID, { nullable: true, description: 'Entries about this version.' })
  modelVersionId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Recorded at this instant or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Recorded before this instant.' })
  to?: Date | null
}

/** Of what the viewer may see. An id that no row can have matches nothing. @throws DomainError EVIDENCE_KIND_UNKNOWN, PERIOD_INVALID. */
export async function whereEvidence(scope: Scope, filter: EvidenceFilter): Promise<Prisma.EvidenceWhereInput> {
  const { erasureRequestId, kind, modelId, modelVersionId, from, to } = filter
  if (kind != null && !EvidenceKind.safeParse(kind).success)
    throw new DomainError(
      'EVIDENCE_KIND_UNKNOWN',
      `No evidence is of this kind; the kinds are ${EvidenceKind.options.join(', ')}.`,
      'kind',
    )
  if (from != null && to != null && from >= to)
    throw new DomainError('PERIOD_INVALID', '`to` must be later than `from`.', 'to')
  const parts: Prisma.EvidenceWhereInput[] = [await visibleEvidence(scope)]
  if (erasureRequestId != null) parts.push({ requestId: isUuid(erasureRequestId) ? erasureRequestId : { in: [] } })
  if (kind != null) parts.push({ kind })
  if (modelVersionId != null) parts.push({ modelVersions: { hasSome: isUuid(modelVersionId) ? [modelVersionId] : [] } })
  if (modelId != null) parts.push({ modelVersions: { hasSome: await versionsOf(scope, modelId) } })
  if (from != null) parts.push({ createdAt: { gte: from } })
  if (to != null) parts.push({ createdAt: { lt: to } })
  return { AND: parts }
}

async function versionsOf({ db }: Scope, modelId: string): Promise<string[]> {
  if (!isUuid(modelId)) return []
  const rows = await db.modelVersion.findMany({ where: { modelId }, select: { id: true } })
  return rows.map(({ id }) => id)
}
