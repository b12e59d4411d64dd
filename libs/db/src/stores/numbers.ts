import type { Tx } from '../database.js'
import { lockName } from './lock.js'

/** The next number of a series, from 1 without gaps: whoever takes it holds the series until its transaction ends. */
export async function nextErasureRequestNumber(tx: Tx, tenantId: string): Promise<number> {
  await lockName(tx, `erasure-request-number:${tenantId}`)
  const { _max } = await tx.erasureRequest.aggregate({ where: { tenantId }, _max: { number: true } })
  return (_max.number ?? 0) + 1
}

export async function nextDatasetVersionNumber(tx: Tx, tenantId: string, datasetId: string): Promise<number> {
  await lockName(tx, `dataset-version-number:${datasetId}`)
  const { _max } = await tx.datasetVersion.aggregate({ where: { tenantId, datasetId }, _max: { number: true } })
  return (_max.number ?? 0) + 1
}

export async function nextModelVersionNumber(tx: Tx, tenantId: string, modelId: string): Promise<number> {
  await lockName(tx, `model-version-number:${modelId}`)
  const { _max } = await tx.modelVersion.aggregate({ where: { tenantId, modelId }, _max: { number: true } })
  return (_max.number ?? 0) + 1
}

export async function nextAuditNumber(tx: Tx, tenantId: string, requestId: string): Promise<number> {
  await lockName(tx, `audit-number:${requestId}`)
  const { _max } = await tx.audit.aggregate({ where: { tenantId, requestId }, _max: { number: true } })
  return (_max.number ?? 0) + 1
}
