import { createHash } from 'node:crypto'
import { AuditTest, auditPolicyDigest, Digest, OwnerAuditResult, Verdict } from '@lethe/domain'
import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { openEnvelope, signBody, type Envelope } from '../signing/envelope.js'
import type { LogSigner, LogVerifier } from '../signing/log-key.js'
import { canonicalJson } from '../statement/canonical-json.js'
import { assertNoPersonalData } from '../statement/personal-data.js'

const PREDICATE_TYPE = 'https://lethe.dev/owner-audit/v1'
const RESULT = 'result.json'
const MATRICES = 'matrices.safetensors'

const subject = (name: string) => z.strictObject({ name: z.literal(name), digest: z.strictObject({ sha256: Digest }) })

const Statement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([subject(RESULT), subject(MATRICES)]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    verdict: Verdict,
    madeAt: z.iso.datetime(),
    kit: z.string(),
    method: z.string(),
    policyDigest: Digest,
    planDigest: Digest,
    answersDigest: Digest,
    /** As the endpoints state them. */
    weights: z.strictObject({ before: Digest.nullable(), after: Digest.nullable() }),
    /** Salted, so that they name no picture. */
    commitments: z.strictObject({ forget: Digest, heldOut: Digest, retain: Digest.nullable() }),
    sizes: z.strictObject({ forget: z.int(), heldOut: z.int(), retain: z.int() }),
    tests: z.array(
      z.strictObject({ id: AuditTest.shape.id, outcome: AuditTest.shape.outcome, optimisedFor: z.boolean() }),
    ),
  }),
})
/** What a data owner signs of their audit: digests and the verdict, no picture, no address, no person. */
export type OwnerAuditStatement = z.infer<typeof Statement>

const sha256 = (bytes: string | Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex') as Digest

/** The only statement that a result can have. */
function statementFor(result: OwnerAuditResult, resultText: string): OwnerAuditStatement {
  const { plan, report, endpoints } = result
  const { pictures } = plan
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: RESULT, digest: { sha256: sha256(resultText) } },
      { name: MATRICES, digest: { sha256: report.matrices.digest } },
    ],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verdict: report.verdict,
      madeAt: result.madeAt,
      kit: plan.kit,
      method: plan.method,
      policyDigest: report.policyDigest,
      planDigest: result.planDigest,
      answersDigest: result.answers.digest,
      weights: { before: endpoints.before.weightsDigest, after: endpoints.after.weightsDigest },
      commitments: {
        forget: pictures.forget.commitment,
        heldOut: pictures.heldOut.commitment,
        retain: pictures.retain?.commitment ?? null,
      },
      sizes: report.sizes,
      tests: report.tests.map(({ id, outcome, optimisedFor }) => ({ id, outcome, optimisedFor })),
    },
  }
}

/**
 * Signs a result. resultText: the very characters of result.json.
 * @throws DomainError RESULT_MISMATCH when the text is no result, PERSONAL_DATA.
 */
export function signOwnerAudit(resultText: string, signer: LogSigner): Envelope {
  const statement = statementFor(parseResult(resultText), resultText)
  assertNoPersonalData(statement.predicate)
  return signBody(canonicalJson(statement), signer)
}

/**
 * The result, when the owner's key signed exactly what follows from it. Statistics are not computed again here: whoever has the
 * answers does that with the kit.
 * @throws DomainError ENVELOPE_MALFORMED, SIGNATURE_INVALID, UNTRUSTED, STATEMENT_MALFORMED, RESULT_MISMATCH.
 */
export function verifyOwnerAudit(
  envelope: unknown,
  resultText: string,
  owner: LogVerifier,
): { statement: OwnerAuditStatement; result: OwnerAuditResult; bodyDigest: Digest } {
  const body = openEnvelope(envelope, [owner])
  const parsed = Statement.safeParse(parseJson(body, 'STATEMENT_MALFORMED', 'The signed text is not JSON.'))
  if (!parsed.success)
    throw ledgerError('STATEMENT_MALFORMED', 'The signed text is not the statement of an owner’s audit.', 'envelope')
  const result = parseResult(resultText)
  const { subject: subjects } = parsed.data
  if (subjects[0].digest.sha256 !== sha256(resultText))
    throw ledgerError(
      'RESULT_MISMATCH',
      'The result is not the one that was signed; give result.json unchanged.',
      'result',
    )
  if (canonicalJson(statementFor(result, resultText)) !== body)
    throw ledgerError('RESULT_MISMATCH', 'The statement says something else than the result it names.', 'envelope')
  return { statement: parsed.data, result, bodyDigest: sha256(body) }
}

/** @throws DomainError RESULT_MISMATCH, also for digests that contradict what they are of. */
function parseResult(text: string): OwnerAuditResult {
  const parsed = OwnerAuditResult.safeParse(parseJson(text, 'RESULT_MISMATCH', 'The result is not JSON.'))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue?.path.join('.') ?? ''
    throw ledgerError(
      'RESULT_MISMATCH',
      `Not a result of an owner’s audit: ${where} ${issue?.message ?? ''}.`,
      'result',
    )
  }
  const { plan, planDigest, report } = parsed.data
  if (sha256(canonicalJson(plan)) !== planDigest)
    throw ledgerError('RESULT_MISMATCH', 'The plan is not the one whose digest is given.', 'result.planDigest')
  const policyDigest = auditPolicyDigest(report.policy)
  if (policyDigest !== report.policyDigest || policyDigest !== auditPolicyDigest(plan.policy))
    throw ledgerError('RESULT_MISMATCH', 'The policy is not the one that was planned.', 'result.report.policyDigest')
  return parsed.data
}

function parseJson(text: string, code: 'STATEMENT_MALFORMED' | 'RESULT_MISMATCH', message: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw ledgerError(code, message)
  }
}
