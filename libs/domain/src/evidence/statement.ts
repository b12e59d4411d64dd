import { z } from 'zod'
import { EvidenceKind, type EvidencePredicate, predicateType } from '../evidence.js'
import { Instant, Ordinal, Sha256, Uuid } from './parts.js'
import { evidencePredicates } from './predicates.js'

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** Where and when something went on record; written by the ledger. */
export const Recorded = z
  .strictObject({
    tenantId: Uuid,
    at: Instant,
    erasureRequestId: Uuid.optional(),
    /** Of the entries of one request, from 1 without a gap, so that an omitted one shows. */
    requestEntry: Ordinal.optional(),
  })
  .refine((recorded) => (recorded.erasureRequestId === undefined) === (recorded.requestEntry === undefined), {
    path: ['requestEntry'],
    message: 'an entry of an erasure request has its number inside the request, and no other entry has one',
  })
  .meta({
    dependentRequired: { erasureRequestId: ['requestEntry'], requestEntry: ['erasureRequestId'] },
  })
export type Recorded = z.infer<typeof Recorded>

const Subject = z.strictObject({ name: z.string().min(1), digest: z.strictObject({ sha256: Sha256 }) })

const statementSchema = (kind: EvidenceKind) =>
  z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: z.array(Subject).min(1),
    predicateType: z.literal(predicateType(kind)),
    predicate: evidencePredicates[kind].extend({ recorded: Recorded }),
  })

/** Schemas that were asked for: zod compiles each at its first use, which takes longer than reading a statement. */
const schemas = new Map<EvidenceKind, ReturnType<typeof statementSchema>>()

/** The whole in-toto Statement v1 of a kind. */
export function evidenceStatement(kind: EvidenceKind): ReturnType<typeof statementSchema> {
  const schema = schemas.get(kind) ?? statementSchema(kind)
  schemas.set(kind, schema)
  return schema
}

/** The predicate, without `recorded`, of a stored statement of this kind; null where it is of another kind or shape. */
export function predicateIn<Kind extends EvidenceKind>(kind: Kind, statement: unknown): EvidencePredicate<Kind> | null {
  const parsed = evidenceStatement(kind).safeParse(statement)
  if (!parsed.success) return null
  const { recorded: _, ...predicate } = parsed.data.predicate
  // The kind decides the predicate, which has just been checked.
  return predicate as unknown as EvidencePredicate<Kind>
}

/** Names of the files in `schemas/`, each with its JSON Schema (draft 2020-12) of the whole statement. */
export const evidenceJsonSchemas = (): Record<string, object> =>
  Object.fromEntries(
    EvidenceKind.options.map((kind) => {
      const file = `evidence/${kind}.schema.json`
      const { $schema, ...schema } = z.toJSONSchema(evidenceStatement(kind))
      return [file, { $schema, $id: `https://lethe.dev/schemas/${file}`, title: kind, ...schema }]
    }),
  )
