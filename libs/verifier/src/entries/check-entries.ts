import { parseStatement } from '../bundle/statement.js'
import { findUnsigned, findUnwitnessed, namesOf } from '../checks/check-head.js'
import { isLater } from '../checks/check-times.js'
import { base64FromBytes } from '../encoding/base64.js'
import { equalBytes } from '../encoding/hex.js'
import { leafHash, rootFromInclusion, rootOfLeaves } from '../log/inclusion.js'
import { type CheckResult, type Facts, finding, type Finding } from '../report/finding.js'
import type { TrustRoots } from '../trust/trust-roots.js'
import type { LogEntries, LogEntry } from './log-entries.js'

/** What the reader brought. */
export interface EntryReader {
  readonly trust: TrustRoots
  /** The reader's present. */
  readonly at: Date
}

/** Statements that a sentence names one by one. */
const MOST_NAMED = 8

/** Every entry is a statement of a known kind, of the tenant whose log it is in, and is what was said beside it. */
export async function checkContents({ entries }: LogEntries, { at }: EntryReader) {
  const contents: Finding[] = []
  const times: Finding[] = []
  const named: string[] = []
  for (const { where, seq, body, stated, head } of entries) {
    const content = parseStatement(body)
    if ('malformed' in content) {
      contents.push(finding('STATEMENT_MALFORMED', where, content.malformed))
      continue
    }
    const { kind, recorded } = content
    const misplaced = (what: string): unknown => contents.push(finding('STATEMENT_MISPLACED', where, what))
    if (stated.kind !== undefined && stated.kind !== kind) misplaced('kind')
    if ('erasureRequestId' in stated && (stated.erasureRequestId ?? undefined) !== recorded.erasureRequestId)
      misplaced('erasureRequestId')
    if (head.checkpoint !== null && !head.checkpoint.origin.endsWith(`/log/${recorded.tenantId}`)) misplaced('tenantId')
    if (isLater(Date.parse(recorded.at), at)) times.push(finding('TIME_IN_FUTURE', where, recorded.at))
    if (named.length <= MOST_NAMED) named.push(`${seq} ${kind}`)
  }
  const list = named.length > MOST_NAMED ? [...named.slice(0, MOST_NAMED), '…'] : named
  return {
    entries: { findings: contents, facts: { entries: entries.length, kinds: list.join(', ') } },
    times: { findings: times },
  }
}

/** Every entry is a leaf of the tree whose signed head it was saved with; or all of them together give its root. */
export async function checkLeaves({ entries, heads, isWhole, findings: ofForm }: LogEntries): Promise<CheckResult> {
  const facts = { statements: entries.length, size: Math.max(0, ...heads.map((head) => head.checkpoint?.size ?? 0)) }
  if (!isWhole) return { findings: (await Promise.all(entries.map(findUnproven))).flat(), facts }
  const [head] = heads
  // What is cut, or out of order, gives another root; that was said already.
  if (head?.checkpoint == null || ofForm.length > 0) return { findings: [], isSkipped: true }
  const root = await rootOfLeaves(leavesOf(entries))
  const holds = root !== null && equalBytes(root, head.checkpoint.root)
  return { findings: holds ? [] : [finding('TREE_MISMATCH', head.where)], facts }
}

async function* leavesOf(entries: readonly LogEntry[]): AsyncGenerator<Uint8Array> {
  for (const { body } of entries) yield await leafHash(body)
}

async function findUnproven({ where, seq, body, path, stated, head }: LogEntry): Promise<Finding[]> {
  const findings: Finding[] = []
  const leaf = await leafHash(body)
  if (stated.leafHash !== undefined && stated.leafHash !== base64FromBytes(leaf))
    findings.push(finding('LEAF_MISMATCH', where))
  if (head.checkpoint === null) return findings
  const { size, root } = head.checkpoint
  const reached = await rootFromInclusion({ leaf, index: seq - 1, size, path: path ?? [] })
  if (reached === null || !equalBytes(reached, root)) findings.push(finding('ROOT_MISMATCH', where))
  return findings
}

/** Every head is signed by a trusted key of its log, and is what was said beside it. */
export async function checkHeads({ heads }: LogEntries, { trust }: EntryReader): Promise<CheckResult> {
  const findings: Finding[] = []
  let newest: Facts = {}
  for (const { where, checkpoint, stated } of heads) {
    if (checkpoint === null) {
      findings.push(finding('CHECKPOINT_MALFORMED', where))
      continue
    }
    const { origin, size, root } = checkpoint
    const differs = (what: string): unknown => findings.push(finding('CHECKPOINT_MISMATCH', where, what))
    if (stated.sizes.some((each) => each !== size)) differs('size')
    if (stated.root !== undefined && stated.root !== base64FromBytes(root)) differs('root')
    if (stated.origin !== undefined && stated.origin !== origin) differs('origin')
    const keys = trust.logs.filter(({ name }) => name === origin)
    findings.push(...(await findUnsigned(checkpoint, keys, where)))
    if (size > Number(newest['size'] ?? -1)) newest = { origin, size }
  }
  return { findings, facts: newest, isSkipped: heads.length === 0 }
}

/** Everyone whom the reader named as a witness has cosigned every head. */
export async function checkWitnessesOf({ heads }: LogEntries, { trust, at }: EntryReader): Promise<CheckResult> {
  const { witnesses } = trust
  if (witnesses.length === 0 || heads.length === 0) return { findings: [], isSkipped: true }
  const findings: Finding[] = []
  for (const { checkpoint, where } of heads)
    if (checkpoint !== null) findings.push(...(await findUnwitnessed(checkpoint, { witnesses, at }, where)))
  return { findings, facts: { witnesses: namesOf(witnesses) } }
}
