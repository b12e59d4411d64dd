import { z } from 'zod'
import { bytesFromBase64 } from '../encoding/base64.js'
import { parsePlainJson } from '../encoding/canonical-json.js'
import { parseCheckpoint } from '../log/log-checkpoint.js'
import { finding, type Finding } from '../report/finding.js'
import { refuse } from '../verifier-error.js'
import type { LogEntries, LogEntry, LogHead } from './log-entries.js'

/** As the API's type InclusionProof; what an answer did not ask for is absent. */
const Proof = z.object({
  leafIndex: z.int().min(0),
  treeSize: z.int().min(1),
  /** No tree is higher. */
  hashes: z.array(z.string()).max(64),
  checkpoint: z.object({ note: z.string(), size: z.int().optional(), root: z.string().optional() }),
})

/** As the API's type EvidenceEntry. */
const Entry = z.object({
  body: z.string(),
  seq: z.int().min(1).optional(),
  kind: z.string().optional(),
  erasureRequestId: z.string().nullish(),
  leafHash: z.string().optional(),
  inclusionProof: z.unknown(),
})

/**
 * Entries of evidence anywhere in a saved answer of the GraphQL API: objects with `body` or `inclusionProof`. An answer may
 * have been laid out anew, since only the statements in it are signed.
 *
 * @throws DomainError ANSWER_MALFORMED
 */
export function readAnswer(bytes: Uint8Array): LogEntries {
  const answer = parsePlainJson(bytes)
  if (answer === null)
    refuse('ANSWER_MALFORMED', 'This is no JSON text; save the answer of the API as it came.', 'answer')
  const heads = new Map<string, LogHead>()
  const entries: LogEntry[] = []
  const findings: Finding[] = []
  for (const { where, value } of objectsOf(answer, '')) {
    if (typeof value['body'] !== 'string' && !('inclusionProof' in value)) continue
    const read = readEntry(where, value, heads)
    if ('code' in read) findings.push(read)
    else entries.push(read)
  }
  if (entries.length === 0 && findings.length === 0) findings.push(finding('ENTRIES_ABSENT', 'answer'))
  return { source: 'answer', entries, heads: [...heads.values()], isWhole: false, findings }
}

/** Every object of a JSON value with its path, from the outside inwards. */
function* objectsOf(value: unknown, where: string): Generator<{ where: string; value: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { where: where || '.', value: value as Record<string, unknown> }
  for (const [key, member] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : where === '' ? key : `.${key}`
    yield* objectsOf(member, `${where}${step}`)
  }
}

function readEntry(where: string, value: Record<string, unknown>, heads: Map<string, LogHead>): LogEntry | Finding {
  const entry = Entry.safeParse(value)
  if (!entry.success) return finding('ENTRY_MALFORMED', where, entry.error.issues[0]?.path.join('.'))
  const { body, seq, kind, erasureRequestId, leafHash, inclusionProof } = entry.data
  if (inclusionProof === undefined || inclusionProof === null) return finding('PROOF_NOT_ASKED', where)
  const proof = Proof.safeParse(inclusionProof)
  const at = `${where}.inclusionProof`
  if (!proof.success) return finding('ENTRY_MALFORMED', at, proof.error.issues[0]?.path.join('.'))
  const { leafIndex, treeSize, hashes, checkpoint } = proof.data
  const path = hashes.map(bytesFromBase64)
  if (path.some((hash) => hash === null)) return finding('ENTRY_MALFORMED', at, 'hashes')
  if (seq !== undefined && seq !== leafIndex + 1) return finding('STATEMENT_MISPLACED', where, 'seq')
  return {
    where,
    seq: leafIndex + 1,
    body: new TextEncoder().encode(body),
    stated: {
      ...(kind === undefined ? {} : { kind }),
      ...(erasureRequestId === undefined ? {} : { erasureRequestId }),
      ...(leafHash === undefined ? {} : { leafHash }),
    },
    path: path.filter((hash) => hash !== null),
    head: headOf({ at: `${at}.checkpoint`, treeSize, checkpoint }, heads),
  }
}

/** One head for all entries that were proven against the same and of which the same was said. */
function headOf(
  { at, treeSize, checkpoint }: { at: string; treeSize: number; checkpoint: z.infer<typeof Proof>['checkpoint'] },
  heads: Map<string, LogHead>,
): LogHead {
  const { note, size, root } = checkpoint
  const key = JSON.stringify([note, treeSize, size, root])
  const known = heads.get(key)
  if (known !== undefined) return known
  const sizes = size === undefined ? [treeSize] : [treeSize, size]
  const head: LogHead = {
    where: at,
    checkpoint: parseCheckpoint(note),
    stated: { sizes, ...(root === undefined ? {} : { root }) },
  }
  heads.set(key, head)
  return head
}
