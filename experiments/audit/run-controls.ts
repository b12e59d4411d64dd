import { runAudit } from '@lethe/audit'
import { AuditPolicy, type AuditReport, type AuditTest } from '@lethe/domain'
import { auditOf, endpointOf, remembering } from './black-box.js'
import type { Control, Laboratory } from './controls.js'
import { dealWorld, join } from './deal-world.js'
import { measureControlRecovery } from './recovery.js'
import { simclrRecipe } from './train-models.js'
import type { Train } from './train-once.js'

export interface ControlRow {
  readonly deal: number
  readonly control: string
  readonly expected: readonly string[] | null
  readonly verdict: string
  readonly isRight: boolean | null
  readonly reasons: readonly string[]
  readonly aucBefore: number
  readonly aucAfter: number
  readonly differenceInDifferences: number
  readonly tests: AuditReport['tests']
  /** A8, which needs weights. */
  readonly recovery?: AuditTest
}

/** A deal of emoji and the models that every control of it starts from. */
export async function openLaboratory(
  deal: number,
  { retrains, epochs }: { retrains: number; epochs: number },
  train: Train,
): Promise<Laboratory> {
  const world = await dealWorld(deal)
  const recipe = simclrRecipe(1000 * deal, epochs)
  const original = await train(join(world.retain, world.forget).images, recipe)
  const retrained = []
  for (let k = 1; k <= retrains; k++)
    retrained.push(await train(world.retain.images, { ...recipe, seed: recipe.seed + k }))
  const policy = AuditPolicy.parse({ version: 1, seed: 7 + deal, utilityMargin: 0.1 })
  return { world, recipe, original, retrained, policy, seed: recipe.seed + 500 }
}

/** These controls of one deal, one after the other. */
export async function* runControls(
  deal: number,
  lab: Laboratory,
  { all, withRecovery }: { all: readonly Control[]; withRecovery: boolean },
): AsyncGenerator<ControlRow> {
  const original = remembering(endpointOf(lab.original.weights))
  for (const control of all) {
    const { after, before = original, method, checkpoint } = await control.build(lab)
    const { world, recipe, policy } = lab
    const { report } = await runAudit(auditOf({ world, before, after, method, recipe, policy }))
    const row = rowOf(deal, control, report)
    yield withRecovery && checkpoint !== undefined
      ? { ...row, recovery: await measureControlRecovery(lab, checkpoint, method) }
      : row
  }
}

/** Every retrained model but the first, which is a control of its own. */
export const furtherRetrained = ({ retrained }: Laboratory): Control[] =>
  retrained.slice(1).map((checkpoint, k) => ({
    name: `retrained, seed ${k + 2}`,
    expected: ['PASS'],
    build: async () => ({ after: endpointOf(checkpoint.weights), method: 'retrain', checkpoint }),
  }))

function rowOf(deal: number, { name, expected }: Control, report: AuditReport): ControlRow {
  const [before, after] = report.models
  return {
    deal,
    control: name,
    expected,
    verdict: report.verdict,
    isRight: expected === null ? null : expected.includes(report.verdict),
    reasons: report.reasons.map(({ code }) => code),
    aucBefore: before?.membershipAuc.value ?? Number.NaN,
    aucAfter: after?.membershipAuc.value ?? Number.NaN,
    differenceInDifferences: after?.differenceInDifferences?.value ?? Number.NaN,
    tests: report.tests,
  }
}
