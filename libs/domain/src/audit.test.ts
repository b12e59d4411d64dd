import { expect, it } from 'vitest'
import { AuditPolicy, auditPolicyDigest, completePolicy, CompletePolicy } from './audit.js'

it('a policy on record keeps the digest it was registered with', () => {
  // Stored before policies could name required tests and minimum sizes.
  const stored = { alpha: 0.05, aucMargin: 0.1, minimumPower: 0.8, resamples: 2000, seed: 7, utilityMargin: 0.05, version: 1, views: 10 } // prettier-ignore
  expect(auditPolicyDigest(AuditPolicy.parse(stored))).toBe(
    '0e9dfaa6266f503251bc96924749ee8b34b83361cf88573115f656c12a97df88',
  )
})

it('completing says what was left open and nothing else, and its digest covers that', () => {
  const policy = AuditPolicy.parse({ version: 1, aucMargin: 0.2, minimumForgetSize: 50 })
  const complete = completePolicy(policy)
  expect(CompletePolicy.parse(complete)).toEqual(complete)
  expect(complete).toMatchObject({ ...policy, minimumForgetSize: 50, featureAucMargin: 0.2 })
  expect(completePolicy(complete)).toEqual(complete)
  expect(auditPolicyDigest(complete)).not.toBe(auditPolicyDigest(policy))
  expect(auditPolicyDigest({ ...complete, requiredTests: [] })).not.toBe(auditPolicyDigest(complete))
})
