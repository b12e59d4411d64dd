import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { auditPolicyDigest, AuditPolicy } from './audit.js'
import { forgetSetBytes, freezeForgetSet } from './forget-set.js'
import { ContentId } from './ids.js'
import { TrainingRecipe, UnlearningRecipe } from './recipe/index.js'
import { mayDo, Role } from './roles.js'

const contentId = (text: string): ContentId => ContentId.parse(createHash('sha256').update(text).digest('hex'))

describe('a forget set', () => {
  it('has the same digest whatever the order or repetition, and the digest is that of its bytes', () => {
    const [a, b] = [contentId('a'), contentId('b')]
    expect(freezeForgetSet([a, b, a])).toEqual(freezeForgetSet([b, a]))
    expect(freezeForgetSet([a, b]).digest).toBe(
      createHash('sha256')
        .update(forgetSetBytes([a, b]))
        .digest('hex'),
    )
    expect(freezeForgetSet([a]).digest).not.toBe(freezeForgetSet([a, b]).digest)
  })
})

describe('recipes out of bounds name the field', () => {
  const recipe = {
    framework: 'simclr',
    encoder: { kind: 'compact-conv' },
    views: {},
    temperature: 0.1,
    epochs: 1,
    batchSize: 8,
    optimizer: { learningRate: 0.1 },
    seed: 1,
  }
  it.each([
    ['temperature', { temperature: 0 }],
    ['batchSize', { batchSize: 1 }],
    ['optimizer.learningRate', { optimizer: { learningRate: -1 } }],
    ['optimizer.warmupEpochs', { optimizer: { learningRate: 0.1, warmupEpochs: 1 } }],
    [
      'optimizer.warmupEpochs',
      { framework: 'moco', queueLength: 16, optimizer: { learningRate: 0.1, warmupEpochs: 2 } },
    ],
    ['optimizer.warmupEpochs', { framework: 'clip', optimizer: { learningRate: 0.1, warmupEpochs: 1 } }],
    ['queueLength', { framework: 'moco', queueLength: 20 }],
    ['encoder.kind', { encoder: { kind: 'resnet-9000' } }],
  ])('%s', (field, change) => {
    expect(TrainingRecipe.safeParse(recipe).success).toBe(true)
    const refused = TrainingRecipe.safeParse({ ...recipe, ...change })
    expect(refused.error?.issues.map((issue) => issue.path.join('.'))).toContain(field)
  })

  it.each(['alpha', 'beta'])('%s must not be negative', (field) => {
    const base = { method: 'alignment-calibration', learningRate: 0.02, seed: 1 }
    expect(UnlearningRecipe.safeParse(base).success).toBe(true)
    expect(UnlearningRecipe.safeParse({ ...base, [field]: -0.1 }).success).toBe(false)
  })
})

it('equal audit policies have equal digests, and any change shows', () => {
  const policy = AuditPolicy.parse({ version: 1 })
  const reordered = Object.fromEntries(Object.entries(policy).reverse()) as AuditPolicy
  expect(auditPolicyDigest(reordered)).toBe(auditPolicyDigest(policy))
  expect(auditPolicyDigest({ ...policy, aucMargin: 0.2 })).not.toBe(auditPolicyDigest(policy))
})

it('an auditor may read and change nothing; a platform admin sees no tenant’s data', () => {
  expect(mayDo('auditor', 'evidence:read')).toBe(true)
  for (const action of ['dataset:write', 'model:write', 'erasure:request', 'erasure:approve', 'run:cancel'] as const)
    expect(mayDo('auditor', action)).toBe(false)
  for (const action of ['dataset:read', 'erasure:read', 'evidence:read'] as const)
    expect(mayDo('platform_admin', action)).toBe(false)
  expect(Role.options.filter((role) => mayDo(role, 'erasure:verify'))).toEqual(['privacy_officer'])
})
