import { expect, it } from 'vitest'
import {
  auditPower,
  detectionPower,
  requiredForgetSize,
  requiredPerSet,
  smallestMargin,
  UNREACHABLE_FORGET_SIZE,
} from './audit-power.js'
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

it('needs the published number of pictures per set to detect an AUC', () => {
  // Hanley and McNeil 1982, one-sided at .05, power .8; to detect 0.55, 0.6 and 0.7 against 0.5.
  const needed = [0.55, 0.6, 0.7].map((auc) => requiredPerSet({ auc, alpha: 0.05, power: 0.8 }))
  expect(needed).toEqual([411, 102, 25])
  expect(detectionPower({ forgetCount: 102, heldOutCount: 102, alpha: 0.05, auc: 0.6 })).toBeGreaterThanOrEqual(0.8)
  expect(detectionPower({ forgetCount: 40, heldOutCount: 500, alpha: 0.05, auc: 0.55 })).toBeLessThan(0.35)
  expect(detectionPower({ forgetCount: 0, heldOutCount: 500, alpha: 0.05, auc: 0.9 })).toBe(0)
})

it('shows a margin of .05 with about 720 and of .1 with about 180 pictures per set, at power .9', () => {
  const margin = (count: number) => smallestMargin({ forgetCount: count, heldOutCount: count, alpha: 0.05, power: 0.9 })
  expect(margin(720)).toBeCloseTo(0.05, 3)
  expect(margin(180)).toBeCloseTo(0.1, 3)
  expect(margin(1)).toBe(0.5)
  const tight = {
    ...policy,
    aucMargin: smallestMargin({ forgetCount: 108, heldOutCount: 900, alpha: 0.05, power: 0.8 }),
  }
  expect(auditPower({ forgetCount: 108, heldOutCount: 900, policy: tight })).toBeCloseTo(0.8, 6)
})
