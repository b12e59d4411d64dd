import { readFileSync } from 'node:fs'
import { openDevice } from '@lethe/device'
import { runAudit } from '@lethe/audit'
import { AuditPolicy, AuditReport } from '@lethe/domain'
import { readStackEnv, seesNvidiaGpu, tensorflowHome } from '@lethe/stack'
import { beforeAll, describe, expect, it } from 'vitest'
import { auditOf, endpointOf, remembering, type Endpoint } from '../../experiments/audit/black-box.js'
import { controls, type Laboratory } from '../../experiments/audit/controls.js'
import { dealWorld } from '../../experiments/audit/deal-world.js'
import { simclrRecipe } from '../../experiments/audit/train-models.js'

/**
 * Encoders of 18,000 parameters that learned emoji of this deal in 2,400 steps, with and without the pictures to be forgotten:
 * `npm run experiment:audit -- --fixtures 101` makes them anew. What is unlearned here is unlearned in the test.
 */
const DEAL = 101
const weightsOf = (name: string) => ({
  weights: new Uint8Array(readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url))),
})

let lab: Laboratory
let before: Endpoint
beforeAll(async () => {
  const { cacheDir } = readStackEnv()
  // Native TensorFlow where this machine has it prepared; nothing is fetched for a test.
  await openDevice({ backend: 'auto', tfjsNodeDir: tensorflowHome(cacheDir, seesNvidiaGpu()) })
  const recipe = simclrRecipe(1000 * DEAL)
  lab = {
    world: await dealWorld(DEAL),
    recipe,
    original: weightsOf('original'),
    retrained: [weightsOf('retrained')],
    policy: AuditPolicy.parse({ version: 1, seed: 7 + DEAL, utilityMargin: 0.1, resamples: 500 }),
    seed: recipe.seed + 500,
  }
  before = remembering(endpointOf(lab.original.weights))
})

/** What the auditor itself must survive, on real encoders. */
describe('the auditor', () => {
  const judged = controls.filter(({ expected }) => expected !== null)

  it.each(judged.map((control) => [control.name, control] as const))(
    '%s',
    async (_, { expected, build }) => {
      const { world, recipe, policy } = lab
      const audited = await build(lab)
      const { report } = await runAudit(auditOf({ world, before, recipe, policy, ...audited }))
      expect(expected, report.reasons.map(({ message }) => message).join('\n')).toContain(report.verdict)
      expect(AuditReport.parse(report)).toEqual(report)
    },
    180_000,
  )
})
