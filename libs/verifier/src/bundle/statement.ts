import {
  EvidenceKind,
  type EvidencePredicate,
  evidenceStatement,
  type EvidenceSubject,
  predicateType,
} from '@lethe/domain'
import type { z } from 'zod'
import { statementPath, statementSeqOf } from '../archive/bundle-paths.js'
import { canonicalText, parseCanonicalJson } from '../encoding/canonical-json.js'
import { finding, type Finding } from '../report/finding.js'
import { parseEnvelope, type DsseEnvelope } from './envelope.js'

type Recorded = z.infer<ReturnType<typeof evidenceStatement>>['predicate']['recorded']

/** A statement of a bundle, as its file says; whether it is signed and in the log is for others to find. */
export type Statement<Kind extends EvidenceKind = EvidenceKind> = {
  readonly [Each in Kind]: {
    readonly path: string
    /** Number in the log, from 1, as the file's name says. */
    readonly seq: number
    readonly kind: Each
    readonly subjects: readonly EvidenceSubject[]
    readonly recorded: Recorded
    readonly predicate: EvidencePredicate<Each>
    readonly envelope: DsseEnvelope
  }
}[Kind]

/** What a statement says, whatever it was found in. */
type Content = Pick<Statement, 'kind' | 'subjects' | 'recorded' | 'predicate'>

/** The statement that these bytes are, or the member by which they are none of its kind. */
export function parseStatement(bytes: Uint8Array): Content | { readonly malformed: string } {
  const value = parseCanonicalJson(bytes)
  if (value === null) return { malformed: 'RFC 8785' }
  const kind = EvidenceKind.options.find(
    (each) => predicateType(each) === (value as { predicateType?: unknown }).predicateType,
  )
  if (kind === undefined) return { malformed: 'predicateType' }
  const body = evidenceStatement(kind).safeParse(value)
  if (!body.success) return { malformed: body.error.issues[0]?.path.join('.') ?? '' }
  // No member more at any depth, and none left to a default.
  if (canonicalText(body.data) !== canonicalText(value)) return { malformed: 'predicate' }
  const { recorded, ...predicate } = body.data.predicate
  // Its predicate was read by the schema of its own kind.
  return { kind, subjects: body.data.subject, recorded, predicate }
}

/** The statement in a file, or what is wrong with its form. */
export function readStatement(path: string, bytes: Uint8Array): Statement | Finding {
  const envelope = parseEnvelope(parseCanonicalJson(bytes))
  if (envelope === null) return finding('ENVELOPE_MALFORMED', path)
  const content = parseStatement(envelope.payload)
  if ('malformed' in content) return finding('STATEMENT_MALFORMED', path, content.malformed)
  const seq = statementSeqOf(path) ?? 0
  if (path !== statementPath(seq, content.kind)) return finding('STATEMENT_MISPLACED', path, content.kind)
  return { ...content, path, seq, envelope } as Statement
}

export const isFinding = (value: Statement | Finding): value is Finding => 'code' in value

/** Those of one kind, in the order of the log. */
export const ofKind = <Kind extends EvidenceKind>(statements: readonly Statement[], kind: Kind): Statement<Kind>[] =>
  statements.filter((statement) => statement.kind === kind) as Statement<Kind>[]
