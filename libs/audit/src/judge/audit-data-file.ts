import { f32, f64, i32, parseSafetensors, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { refuse } from '../audit-error.js'
import { assertConsistent } from './assert-consistent.js'
import { AuditData } from './audit-data.js'

const FORMAT = 'lethe-audit-data'
const VERSION = '1'

/** Members of a tensor's path, such as `models.0.scores.forget`. */
const PATH = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/
const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

/**
 * Audit data as one safetensors file: every array is a tensor named by its path (float64 and int32 [samples], float32 [n, n]); all
 * else is JSON under `record` in the metadata. Equal data give equal bytes.
 */
export function serializeAuditData(data: AuditData): Uint8Array {
  const tensors = new Map<string, StoredTensor>()
  const record = withoutArrays(data, '', tensors)
  return serializeSafetensors(tensors, { format: FORMAT, version: VERSION, record: JSON.stringify(record) })
}

/** The value with its arrays taken out and into `tensors`; keys are sorted. */
function withoutArrays(value: unknown, path: string, tensors: Map<string, StoredTensor>): unknown {
  if (value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array) {
    tensors.set(path, tensorOf(value))
    return undefined
  }
  const inner = (member: unknown, key: string | number) =>
    withoutArrays(member, path === '' ? `${key}` : `${path}.${key}`, tensors)
  if (Array.isArray(value)) return value.map(inner)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([key, member]) => [key, inner(member, key)]))
}

function tensorOf(values: Float64Array | Float32Array | Int32Array): StoredTensor {
  if (values instanceof Float64Array) return f64([values.length], values)
  if (values instanceof Int32Array) return i32([values.length], values)
  const edge = Math.sqrt(values.length)
  return f32([edge, edge], values)
}

/**
 * Reads what `serializeAuditData` wrote.
 * @throws DomainError SAFETENSORS_*, or AUDIT_DATA_INVALID with the member or tensor in `field`.
 */
export function readAuditData(bytes: Uint8Array): AuditData {
  const { tensors, metadata } = parseSafetensors(bytes)
  if (metadata.format !== FORMAT)
    refuse('AUDIT_DATA_INVALID', `This file is no audit data: its format is not ${FORMAT}.`, 'format')
  if (metadata.version !== VERSION)
    refuse(
      'AUDIT_DATA_INVALID',
      `Audit data of version ${VERSION} are read; take the release that wrote it.`,
      'version',
    )
  const record = readRecord(metadata.record)
  for (const [path, { data, shape }] of tensors) putAt(record, path, squareOf(data, shape, path))
  const parsed = AuditData.safeParse(record)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return refuse('AUDIT_DATA_INVALID', `Audit data that cannot be: ${issue?.message ?? 'unknown'}.`, issue?.path.join('.') ?? 'record') // prettier-ignore
  }
  assertConsistent(parsed.data)
  return parsed.data
}

function readRecord(text: string | undefined): Record<string, unknown> {
  try {
    const record: unknown = JSON.parse(text ?? '')
    if (typeof record === 'object' && record !== null && !Array.isArray(record))
      return record as Record<string, unknown>
  } catch {
    // Refused below, as anything that is no record.
  }
  return refuse('AUDIT_DATA_INVALID', 'The record of the audit data is not a JSON object.', 'record')
}

/** Matrices say their shape twice; it must be the one that their values are read by. */
function squareOf(data: StoredTensor['data'], shape: readonly number[], path: string): StoredTensor['data'] {
  const isExpected = data instanceof Float32Array ? shape.length === 2 && shape[0] === shape[1] : shape.length === 1
  if (!isExpected) refuse('AUDIT_DATA_INVALID', `A tensor of shape [${shape.join(', ')}] has no place here.`, path)
  return data
}

/** Puts an array where its path leads; every member on the way must be there already, and the last must not. */
function putAt(record: Record<string, unknown>, path: string, data: StoredTensor['data']): void {
  const keys = path.split('.')
  const last = keys.pop() as string
  let at: unknown = record
  if (!PATH.test(path) || [...keys, last].some((key) => FORBIDDEN.includes(key))) at = undefined
  for (const key of keys)
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined
  if (typeof at !== 'object' || at === null || Object.hasOwn(at, last))
    return refuse('AUDIT_DATA_INVALID', 'The record has no place for this tensor.', path)
  ;(at as Record<string, unknown>)[last] = data
}
