import { paths } from '../archive/bundle-paths.js'
import { textFromUtf8 } from '../encoding/canonical-json.js'
import { finding } from '../report/finding.js'
import { ownOfKind, type CheckOfCase } from './case.js'

/** There is a bill of materials of what was made for the request, and every SHA-256 in the bill of materials is one that a statement names. */
export const checkBom: CheckOfCase = (of) => {
  const { files, statements } = of.bundle
  const bytes = files.get(paths.bom)
  if (bytes === undefined)
    return ownOfKind(of, 'model-unlearned/v1').length === 0
      ? { findings: [], isSkipped: true }
      : { findings: [finding('BOM_MISSING', paths.bom)] }
  const bom = parseJson(bytes)
  if (!isRecord(bom) || bom['bomFormat'] !== 'CycloneDX') return { findings: [finding('BOM_MALFORMED', paths.bom)] }
  const onRecord = new Set(statements.flatMap((statement) => digestsIn([statement.subjects, statement.predicate])))
  const hashes = hashesIn(bom)
  return {
    findings: hashes.filter((hash) => !onRecord.has(hash)).map((hash) => finding('BOM_DIFFERS', paths.bom, hash)),
    facts: { hashes: hashes.length },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textFromUtf8(bytes) ?? '')
  } catch {
    return null
  }
}

const MAX_DEPTH = 64

/** Contents of CycloneDX hashes by SHA-256, at any depth. */
function hashesIn(value: unknown, depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  if (isRecord(value) && value['alg'] === 'SHA-256') return [String(value['content']).toLowerCase()]
  return Object.values(value).flatMap((member) => hashesIn(member, depth + 1))
}

/** Every text that has the form of a SHA-256, at any depth. */
function digestsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  return Object.values(value).flatMap((member) => digestsIn(member, depth + 1))
}
