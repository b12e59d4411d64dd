import type { Framework } from '@lethe/domain'
import { pretrain, unlearn, type ModelCheckpoint } from '@lethe/learning'
import { dealSets, type Deal } from './deal-sets.js'
import { measureModel, type Measures } from './measure-model.js'
import { unlearningOf, type MethodName } from './methods.js'
import { recipeOf } from './recipes.js'

/** Retrained models of each seed: their distance to each other is what no method can fall below. */
export const RETRAINS = 2

/** One model of one seed. */
export interface Row {
  readonly framework: Framework
  readonly seed: number
  readonly name: 'original' | 'retrain' | MethodName
  readonly setting: Readonly<Record<string, number>>
  /** Of its making, from the original model or from nothing. */
  readonly cpuSeconds: number
  readonly measures: Measures
}

export interface SeedPlan {
  readonly framework: Framework
  readonly seed: number
  /** Of the full number of epochs. */
  readonly share: number
  readonly methods: readonly { readonly name: MethodName; readonly setting: Readonly<Record<string, number>> }[]
}

const control = { signal: new AbortController().signal, now: () => performance.now() }

/** Deals, trains, retrains and unlearns; yields every model as soon as it is measured. */
export async function* runSeed({ framework, seed, share, methods }: SeedPlan): AsyncGenerator<Row> {
  const recipe = recipeOf(framework, 100 * seed, share)
  const deal = await dealSets(seed, recipe.views)
  const row = async (name: Row['name'], setting: Row['setting'], { made, cpuSeconds }: Timed): Promise<Row> => ({
    framework,
    seed,
    name,
    setting,
    cpuSeconds,
    measures: await measureModel(made.weights, deal),
  })
  const original = await timed(() => pretrain({ recipe, images: deal.all, ...control }))
  yield row('original', {}, original)
  for (let k = 1; k <= RETRAINS; k++) {
    const again = { ...recipe, seed: recipe.seed + k }
    yield row('retrain', {}, await timed(() => pretrain({ recipe: again, images: deal.retain.samples, ...control })))
  }
  for (const { name, setting } of methods) {
    const unlearning = unlearningOf(name, setting, recipe.seed + 50)
    yield row(
      name,
      setting,
      await timed(() => unlearn({ recipe, unlearning, parent: original.made, ...setsOf(deal), ...control })),
    )
  }
}

const setsOf = ({ retain, forget }: Deal) => ({ retain: retain.samples, forget: forget.samples })

interface Timed {
  readonly made: ModelCheckpoint
  readonly cpuSeconds: number
}

/** Processor time of all threads, which other work on the machine stretches less than the clock. */
async function timed(make: () => Promise<{ checkpoint: ModelCheckpoint }>): Promise<Timed> {
  const before = process.cpuUsage()
  const { checkpoint } = await make()
  const { user, system } = process.cpuUsage(before)
  return { made: checkpoint, cpuSeconds: (user + system) / 1e6 }
}
