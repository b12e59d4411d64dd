import { createHash } from 'node:crypto'
import {
  AuditPolicy,
  auditPolicyDigest,
  completePolicy,
  Digest,
  OwnerAuditResult,
  ViewConfig,
  type OwnerAuditPlan,
} from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'

const sha256 = (text: string): Digest => createHash('sha256').update(text).digest('hex') as Digest

/** result.json of an owner's audit that found little: a form with figures, not the outcome of questions. */
export function ownerAuditResultText(weights: { before: string | null; after: string | null }): string {
  const policy = completePolicy(AuditPolicy.parse({ version: 1 }))
  const endpoint = (weightsDigest: string | null) => ({
    url: 'https://models.example/v1/models/1',
    weightsDigest: weightsDigest as Digest | null,
    representation: 'projection' as const,
    dimension: 4,
  })
  const pictures = (of: string) => ({ count: 12, commitment: sha256(of), leftOut: 0 })
  const endpoints = { before: endpoint(weights.before), after: endpoint(weights.after) }
  const plan: OwnerAuditPlan = {
    version: 1,
    kit: 'lethe-audit 0.1.0',
    plannedAt: '2026-02-03T04:05:06.789Z',
    endpoints,
    pictures: { forget: pictures('forget'), heldOut: pictures('held-out'), retain: null },
    imageSize: 8,
    views: ViewConfig.parse({}),
    method: 'alignment-calibration',
    policy,
    challenge: null,
  }
  const auc = { value: 0.7, interval: [0.6, 0.8] as [number, number] }
  const model = (role: 'before' | 'after') => ({
    label: role,
    role,
    method: null,
    membershipAuc: auc,
    alignmentForget: auc,
    alignmentHeldOut: auc,
    knnAccuracy: null,
    forgettingScore: null,
    differenceInDifferences: null,
  })
  const report = {
    version: 1,
    verdict: 'RESIDUAL',
    reasons: [{ code: 'RESIDUAL_MEMBERSHIP', message: 'The model still tells forgotten pictures from unseen ones.' }],
    policy,
    policyDigest: auditPolicyDigest(policy),
    sizes: { forget: 12, heldOut: 12, retain: 0 },
    requiredForgetSize: 100,
    tests: [
      {
        id: 'A4-residual-membership',
        optimisedFor: true,
        effect: auc,
        p: 0.9,
        power: 0.1,
        outcome: 'not-met',
        detail: 'AUC 0.700.',
      },
    ],
    models: [model('before'), model('after')],
    histograms: [],
    matrices: { digest: sha256('matrices'), size: 8 },
    limits: ['provider-could-cheat'],
  }
  const result = OwnerAuditResult.parse({
    version: 1,
    madeAt: '2026-02-03T04:06:00.000Z',
    plan,
    planDigest: sha256(canonicalJson(plan)),
    endpoints,
    answers: { count: 240, digest: sha256('answers') },
    report,
  })
  return `${JSON.stringify(result, null, 2)}\n`
}
