import { readForgetSets } from './read-blobs.js'
import { storeTraining } from './store-training.js'
import type { TaskKind } from './task-kit.js'

export const pretrain: TaskKind<'pretrain'> = {
  async prepare({ tenantId, pack, excluded, recipe }, { artifacts, evaluations, ...preparation }) {
    return {
      kind: 'pretrain',
      pack: await artifacts.get(tenantId, pack.digest),
      excluded: await readForgetSets(artifacts, tenantId, excluded, 'excluded'),
      recipe,
      evaluateEveryEpochs: evaluations === 0 ? 0 : Math.ceil(recipe.epochs / evaluations),
      ...preparation,
    }
  },
  async store(result, keep, provenance) {
    return { kind: 'pretrain', ...(await storeTraining(result, keep, provenance)) }
  },
}
