import { MailLocale } from '@lethe/domain'
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'
import { Money } from '../erasure/plan-option.types.js'

@ObjectType('TenantQuota', { description: 'Bounds that a platform admin sets; null: none.' })
export class TenantQuota {
  @Field(() => Int, {
    nullable: true,
    description: 'Runs that are queued or running. Erasures are never held up by it.',
  })
  concurrentRuns!: number | null

  @Field(() => Float, { nullable: true })
  storageBytes!: number | null

  @Field(() => Int, { nullable: true })
  requestsPerMinute!: number | null

  @Field(() => Int, { nullable: true })
  members!: number | null
}

@ObjectType('TenantUsage')
export class TenantUsage {
  @Field(() => Float, { description: 'Uploads, packs, weights, training states and bundles that are kept.' })
  storageBytes!: number

  @Field(() => Int)
  members!: number

  @Field(() => Int)
  activeRuns!: number

  @Field(() => Int)
  openRequests!: number

  @Field(() => DateTime, { description: 'From when on runs are counted below.' })
  measuredSince!: Date

  @Field(() => Int)
  settledRuns!: number

  @Field(() => Float, { description: 'Measured, never allocated.' })
  wallSeconds!: number

  @Field(() => Float)
  cpuSeconds!: number

  @Field(() => Float, { description: 'The largest of any run.' })
  peakMemoryBytes!: number

  @Field(() => Money, {
    nullable: true,
    description: "wallSeconds at the tenant's own price of a device hour; null where it set none.",
  })
  cost!: Money | null
}

@ObjectType('PlatformTenant', {
  description: 'A tenant as platform admins see it: what it may use and what it uses, nothing of what it holds.',
})
export class PlatformTenant {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => String)
  slug!: string

  @Field(() => String)
  timeZone!: string

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime, { nullable: true, description: 'While it is set, the tenant can only be read.' })
  suspendedAt!: Date | null

  @Field(() => String, { nullable: true })
  suspendedReason!: string | null

  @Field(() => TenantQuota)
  quota!: TenantQuota

  @Field(() => TenantUsage)
  usage!: TenantUsage
}

export const PlatformTenantConnection = connectionType(PlatformTenant, 'PlatformTenant')

@InputType('CreateTenantInput')
export class CreateTenantInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  name!: string

  @Field(() => String, { description: '2 to 40 lower-case letters, digits and single hyphens.' })
  slug!: string

  @Field(() => String, { nullable: true, description: 'IANA name; Europe/Berlin when missing.' })
  timeZone?: string | null

  @Field(() => [String], { nullable: true, description: 'Days without work besides weekends, as 2026-12-25.' })
  holidays?: string[] | null

  @Field(() => String, { nullable: true, description: 'By which clocks of new requests run; gdpr-12-3 when missing.' })
  statuteId?: string | null

  @Field(() => String, { description: 'Who is invited by mail to be its owner.' })
  ownerEmail!: string

  @Field(() => MailLocale.enum, { defaultValue: 'en' })
  locale!: MailLocale
}

@InputType('SuspendTenantInput')
export class SuspendTenantInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  tenantId!: string

  @Field(() => String, { description: 'Shown to the members of the tenant.' })
  reason!: string
}

@InputType('ResumeTenantInput')
export class ResumeTenantInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  tenantId!: string
}

@InputType('SetTenantQuotaInput', { description: 'The whole of the bounds: what is missing is unbounded.' })
export class SetTenantQuotaInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  tenantId!: string

  @Field(() => Int, { nullable: true })
  concurrentRuns?: number | null

  @Field(() => Float, { nullable: true })
  storageBytes?: number | null

  @Field(() => Int, { nullable: true })
  requestsPerMinute?: number | null

  @Field(() => Int, { nullable: true })
  members?: number | null
}
