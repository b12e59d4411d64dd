import { AuditPolicy } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { auditPower, requiredForgetSize, UNREACHABLE_FORGET_SIZE } from './audit-power.js'

const policy = AuditPolicy.parse({ version: 1 })

describe('power before an audit', () => {
  it('names the smallest forget set with enough power: one picture fewer has not', () => {
    const size = requiredForgetSize({ heldOutCount: 900, policy })
    expect(auditPower({ forgetCount: size, heldOutCount: 900, policy })).toBeGreaterThanOrEqual(policy.minimumPower)
    expect(auditPower({ forgetCount: size - 1, heldOutCount: 900, policy })).toBeLessThan(policy.minimumPower)
    expect(size).toBe(78)
  })

  it('says when no forget set is large enough', () => {
    expect(requiredForgetSize({ heldOutCount: 20, policy })).toBe(UNREACHABLE_FORGET_SIZE)
  })
})
