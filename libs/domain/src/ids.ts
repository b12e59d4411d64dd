import { z } from 'zod'

const uuid = z.uuid()

const id = <Brand extends string>(_brand: Brand) => uuid.brand<Brand>()

export const TenantId = id('TenantId')
export type TenantId = z.infer<typeof TenantId>
export const UserId = id('UserId')
export type UserId = z.infer<typeof UserId>
export const DatasetId = id('DatasetId')
export type DatasetId = z.infer<typeof DatasetId>
export const DatasetVersionId = id('DatasetVersionId')
export type DatasetVersionId = z.infer<typeof DatasetVersionId>
export const ModelId = id('ModelId')
export type ModelId = z.infer<typeof ModelId>
export const ModelVersionId = id('ModelVersionId')
export type ModelVersionId = z.infer<typeof ModelVersionId>
export const ErasureRequestId = id('ErasureRequestId')
export type ErasureRequestId = z.infer<typeof ErasureRequestId>
export const PlanItemId = id('PlanItemId')
export type PlanItemId = z.infer<typeof PlanItemId>
export const RunId = id('RunId')
export type RunId = z.infer<typeof RunId>
export const AuditId = id('AuditId')
export type AuditId = z.infer<typeof AuditId>

/** Lower-case hex SHA-256 of the bytes it names. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')
  .brand<'Digest'>()
export type Digest = z.infer<typeof Digest>

/** Identity of a sample: SHA-256 of its original bytes, so that an erasure request can be resolved by content. */
export const ContentId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')
  .brand<'ContentId'>()
export type ContentId = z.infer<typeof ContentId>
