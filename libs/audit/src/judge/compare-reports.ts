import type { AuditReport } from '@lethe/domain'

/** Engines may round transcendental functions differently in the last digits. */
const TOLERANCE = 1e-9

/**
 * Paths, such as `tests.3.p`, at which two reports differ; none where they are equal. Numbers are equal within a relative 1e-9, all else
 * exactly.
 */
export function compareReports(stated: AuditReport, recomputed: AuditReport): string[] {
  return differences(stated, recomputed, '')
}

function differences(a: unknown, b: unknown, path: string): string[] {
  if (typeof a === 'number' && typeof b === 'number') return isNear(a, b) ? [] : [path]
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? [] : [path]
  if (Array.isArray(a) !== Array.isArray(b)) return [path]
  // A member that is undefined is one that is not there, as in JSON.
  const keys = new Set([a, b].flatMap((value) => Object.keys(value)))
  const memberOf = (value: object, key: string) => (value as Record<string, unknown>)[key]
  return [...keys].flatMap((key) =>
    differences(memberOf(a, key), memberOf(b, key), path === '' ? key : `${path}.${key}`),
  )
}

const isNear = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1e-3, Math.abs(a), Math.abs(b))
