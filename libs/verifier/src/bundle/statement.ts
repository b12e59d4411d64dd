import {
  EvidenceKind,
  type EvidencePredicate,
  evidencePredicates,
  type EvidenceSubject,
  predicateType,
} from '@lethe/domain'
import { z } from 'zod'
import { statementPath, statementSeqOf } from '../archive/bundle-paths.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'
import { finding, type Finding } from '../report/finding.js'
import { parseEnvelope, type DsseEnvelope } from './envelope.js'

const Recorded = z.strictObject({
  tenantId: z.uuid(),
  at: z.iso.datetime(),
  erasureRequestId: z.uuid().optional(),
  requestEntry: z.int().min(1).optional(),
})
type Recorded = z.infer<typeof Recorded>

/** In-toto Statement v1. */
const Body = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      }),
    )
    .min(1),
  predicateType: z.string(),
  predicate: z.looseObject({ recorded: Recorded }),
})

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

/** The statement in a file, or what is wrong with its form. */
export function readStatement(path: string, bytes: Uint8Array): Statement | Finding {
  const envelope = parseEnvelope(parseCanonicalJson(bytes))
  if (envelope === null) return finding('ENVELOPE_MALFORMED', path)
  const value = parseCanonicalJson(envelope.payload)
  if (value === null) return finding('STATEMENT_MALFORMED', path, 'RFC 8785')
  const body = Body.safeParse(value)
  if (!body.success) return malformed(path, body.error)
  const kind = EvidenceKind.options.find((candidate) => predicateType(candidate) === body.data.predicateType)
  if (kind === undefined) return finding('STATEMENT_MALFORMED', path, 'predicateType')
  const { recorded, ...members } = body.data.predicate
  const predicate = evidencePredicates[kind].safeParse(members)
  if (!predicate.success) return malformed(path, predicate.error)
  const seq = statementSeqOf(path) ?? 0
  if (path !== statementPath(seq, kind)) return finding('STATEMENT_MISPLACED', path, kind)
  const statement = { path, seq, kind, subjects: body.data.subject, recorded, predicate: predicate.data, envelope }
  // Its predicate was read by the schema of its own kind.
  return statement as Statement
}

const malformed = (path: string, { issues }: z.ZodError): Finding =>
  finding('STATEMENT_MALFORMED', path, issues[0]?.path.join('.') ?? 'statement')

export const isFinding = (value: Statement | Finding): value is Finding => 'code' in value

/** Those of one kind, in the order of the log. */
export const ofKind = <Kind extends EvidenceKind>(statements: readonly Statement[], kind: Kind): Statement<Kind>[] =>
  statements.filter((statement) => statement.kind === kind) as Statement<Kind>[]
