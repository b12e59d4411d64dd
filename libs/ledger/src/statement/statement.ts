import { createHash } from 'node:crypto'
import {
  type EvidenceEntry,
  EvidenceKind,
  type EvidencePredicate,
  evidenceStatement,
  type EvidenceSubject,
  predicateType,
  type Recorded,
  STATEMENT_TYPE,
} from '@lethe/domain'
import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { leafHash } from '../tree/hash.js'
import { canonicalJson } from './canonical-json.js'
import { assertNoPersonalData } from './personal-data.js'

/** Where and when an entry is recorded; given by whoever appends it. */
export interface RecordContext {
  readonly tenantId: string
  readonly recordedAt: Date
  /** For an entry of an erasure request: its number inside the request, from 1 without a gap, so that an omitted one shows. */
  readonly requestEntry?: number | undefined
}

const Head = z.looseObject({ predicateType: z.string() })

/** An in-toto Statement v1 as Lethe writes it. */
export type Statement = {
  readonly [Kind in EvidenceKind]: {
    readonly kind: Kind
    readonly subjects: readonly EvidenceSubject[]
    readonly recorded: Recorded
    /** Without `recorded`. */
    readonly predicate: EvidencePredicate<Kind>
  }
}[EvidenceKind]

/**
 * Body of an evidence row: canonical JSON (RFC 8785) of an in-toto Statement v1. These very characters in UTF-8 are
 * the leaf's data, so they are stored as text and never parsed and written again.
 *
 * An entry about no file is about its request (or its tenant): the subject is then that thing's URN with the digest of
 * the URN, since in-toto wants at least one digest and the thing has no bytes.
 *
 * @throws DomainError PERSONAL_DATA or STATEMENT_MALFORMED, naming the member.
 */
export function statementOf(entry: EvidenceEntry, { tenantId, recordedAt, requestEntry }: RecordContext): string {
  const { kind, subjects, predicate, erasureRequestId } = entry
  if ('recorded' in predicate) {
    throw ledgerError(
      'STATEMENT_MALFORMED',
      'The member `recorded` is written by the ledger; rename it.',
      'predicate.recorded',
    )
  }
  assertNoPersonalData(predicate)
  const recorded = {
    tenantId,
    at: recordedAt.toISOString(),
    ...(erasureRequestId === undefined ? {} : { erasureRequestId, requestEntry }),
  }
  const statement = {
    _type: STATEMENT_TYPE,
    subject: (subjects.length > 0 ? subjects : [urnSubject(erasureRequestId ?? tenantId)]).map(({ name, digest }) => ({
      name,
      digest: { sha256: digest.sha256 },
    })),
    predicateType: predicateType(kind),
    predicate: { ...predicate, recorded },
  }
  const body = canonicalJson(statement)
  parseStatement(body)
  return body
}

/** Leaf of a statement: SHA-256(0x00 ‖ UTF-8 of the body). The evidence trigger in the database computes the same. */
export const statementLeafHash = (body: string): Buffer => leafHash(Buffer.from(body, 'utf8'))

/**
 * @throws DomainError STATEMENT_MALFORMED unless the body is canonical and exactly what its kind's schema describes: no
 * member more at any depth, and none left to a default.
 */
export function parseStatement(body: string): Statement {
  const json = parseJson(body)
  const head = Head.safeParse(json)
  if (!head.success) throw malformed(head.error)
  const kind = kindOf(head.data.predicateType)
  const parsed = evidenceStatement(kind).safeParse(json)
  if (!parsed.success) throw malformed(parsed.error)
  if (canonicalJson(head.data) !== body)
    throw ledgerError('STATEMENT_MALFORMED', 'The statement is not canonical JSON (RFC 8785): its bytes were changed.')
  if (canonicalJson(parsed.data) !== body)
    throw ledgerError(
      'STATEMENT_MALFORMED',
      `The predicate has members that ${kind} does not know, or lacks some that it must spell out.`,
      'predicate',
    )
  const { recorded, ...predicate } = parsed.data.predicate
  // The kind decides the predicate, which has just been checked.
  return { kind, subjects: parsed.data.subject, recorded, predicate } as unknown as Statement
}

function malformed({ issues: [issue] }: z.ZodError): Error {
  return ledgerError(
    'STATEMENT_MALFORMED',
    `Not an in-toto statement of this platform: ${issue?.message ?? 'unknown'}.`,
    issue?.path.join('.'),
  )
}

function kindOf(type: string): EvidenceKind {
  const kind = EvidenceKind.options.find((candidate) => predicateType(candidate) === type)
  if (kind !== undefined) return kind
  throw ledgerError(
    'STATEMENT_MALFORMED',
    'This kind of evidence is not known here; a newer version may know it.',
    'predicateType',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw ledgerError('STATEMENT_MALFORMED', 'The statement is not JSON.')
  }
}

function urnSubject(uuid: string): EvidenceSubject {
  const name = `urn:uuid:${uuid}`
  return { name, digest: { sha256: createHash('sha256').update(name).digest('hex') } }
}
