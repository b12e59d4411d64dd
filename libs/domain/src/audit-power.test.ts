import { expect, it } from 'vitest'
import { auditPower, requiredForgetSize, UNREACHABLE_FORGET_SIZE } from './audit-power.js'
import { AuditPolicy } from './audit.js'

const policy = AuditPolicy.parse({ version: 1 })

it('has the power that the closed form gives', () => {
  // 0.1 / sqrt(401 / 480000) − 1.6448536… = 1.8150…; 2Φ − 1 by tables
  expect(auditPower({ forgetCount: 200, heldOutCount: 200, policy })).toBeCloseTo(0.9306, 3)
  expect(auditPower({ forgetCount: 10, heldOutCount: 10, policy })).toBe(0)
  expect(auditPower({ forgetCount: 0, heldOutCount: 500, policy })).toBe(0)
})

it('finds the smallest forget set that suffices', () => {
  const needed = requiredForgetSize({ heldOutCount: 200, policy })
  expect(auditPower({ forgetCount: needed, heldOutCount: 200, policy })).toBeGreaterThanOrEqual(policy.minimumPower)
  expect(auditPower({ forgetCount: needed - 1, heldOutCount: 200, policy })).toBeLessThan(policy.minimumPower)
  expect(requiredForgetSize({ heldOutCount: 20, policy })).toBe(UNREACHABLE_FORGET_SIZE)
})
