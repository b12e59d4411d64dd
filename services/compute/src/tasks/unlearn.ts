import { readForgetSets } from './read-blobs.js'
import { storeTraining } from './store-training.js'
import type { TaskKind } from './task-kit.js'

export const unlearn: TaskKind<'unlearn'> = {
  async prepare(task, { artifacts, evaluations: _, ...preparation }) {
    const { tenantId, pack, excluded, forget, together = [], learnedCount, parent, recipe, unlearning } = task
    return {
      kind: 'unlearn',
      pack: await artifacts.get(tenantId, pack.digest),
      excluded: await readForgetSets(artifacts, tenantId, excluded, 'excluded'),
      forget: await readForgetSets(artifacts, tenantId, [forget, ...together], 'forget'),
      ...(learnedCount === undefined ? {} : { learnedCount }),
      parent: {
        weights: await artifacts.get(tenantId, parent.weights.digest),
        state: await artifacts.get(tenantId, parent.state.digest),
      },
      recipe,
      unlearning,
      // An evaluation would be counted to the cost of unlearning.
      evaluateEveryEpochs: 0,
      ...preparation,
    }
  },
  async store(result, keep, provenance) {
    const { forgetCount, resembling } = result
    const stored = await storeTraining(result, keep, provenance)
    return { kind: 'unlearn', ...stored, forgetCount, resemblingCount: resembling.length }
  },
}
