import { describe, expect, it } from 'vitest'
import { ownerAuditResultText } from '../../../../test/kit/owner-audit.js'
import { signerFromSeed } from '../signing/log-key.js'
import { signBody } from '../signing/envelope.js'
import { signOwnerAudit, verifyOwnerAudit } from './owner-audit-statement.js'

const key = signerFromSeed('owner', Buffer.alloc(32, 5))
const stranger = signerFromSeed('owner', Buffer.alloc(32, 6))
const weights = { before: 'ab'.repeat(32), after: null }
const text = ownerAuditResultText(weights)
const envelope = signOwnerAudit(text, key)
const bodyOf = ({ payload }: typeof envelope) => Buffer.from(payload, 'base64').toString()
const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('the statement of an owner', () => {
  it('comes back with the result it was made of, and says verdict and digests', () => {
    const { statement, result } = verifyOwnerAudit(JSON.parse(JSON.stringify(envelope)), text, key)
    expect(statement.predicate).toMatchObject({
      verdict: 'RESIDUAL',
      weights,
      planDigest: result.planDigest,
      tests: [{ id: 'A4-residual-membership', outcome: 'not-met', optimisedFor: true }],
    })
  })
  it('holds no address, file, caption or person', () => {
    expect(bodyOf(envelope)).not.toMatch(/example|http:|models\/1|@/)
  })

  const changed = (from: string, to: string) => {
    const other = text.replace(from, to)
    expect(other).not.toBe(text)
    return other
  }
  it.each([
    ['another verdict', changed('"verdict": "RESIDUAL"', '"verdict": "PASS"'), 'RESULT_MISMATCH'],
    ['another figure', changed('"value": 0.7', '"value": 0.5'), 'RESULT_MISMATCH'],
    ['other spaces', changed('  "version"', ' "version"'), 'RESULT_MISMATCH'],
    ['another plan', changed('"imageSize": 8', '"imageSize": 9'), 'RESULT_MISMATCH'],
    ['another policy', changed('"aucMargin": 0.1', '"aucMargin": 0.4'), 'RESULT_MISMATCH'],
    ['no result', '{}', 'RESULT_MISMATCH'],
    ['no JSON', 'x', 'RESULT_MISMATCH'],
  ])('is refused beside %s', (_, other, code) => {
    expect(() => verifyOwnerAudit(envelope, other, key)).toThrow(refusal(code))
  })

  const resigned = (from: string, to: string) => signBody(bodyOf(envelope).replace(from, to), key)
  it.each([
    ['by a stranger', signOwnerAudit(text, stranger), 'UNTRUSTED'],
    ['that says more of a test than the result', resigned('"not-met"', '"met"'), 'RESULT_MISMATCH'],
    ['that names another verdict', resigned('"RESIDUAL"', '"PASS"'), 'RESULT_MISMATCH'],
    ['with a member too many', resigned('"kit":', '"note":"x","kit":'), 'STATEMENT_MALFORMED'],
    ['of another type', resigned('owner-audit/v1', 'evidence/audit-completed/v1'), 'STATEMENT_MALFORMED'],
    ['without its payload', { ...envelope, payload: '' }, 'SIGNATURE_INVALID'],
    ['that is none', null, 'ENVELOPE_MALFORMED'],
  ])('is refused when it is one %s', (_, other, code) => {
    expect(() => verifyOwnerAudit(other, text, key)).toThrow(refusal(code))
  })
  it('is not made of what contradicts itself', () => {
    expect(() => signOwnerAudit(changed('"imageSize": 8', '"imageSize": 9'), key)).toThrow(refusal('RESULT_MISMATCH'))
  })
})
