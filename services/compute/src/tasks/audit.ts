import { DomainError, UnlearningRecipe, type UnlearningMethod } from '@lethe/domain'
import { readTwinCommitment } from '@lethe/engine'
import { readForgetSets } from './read-blobs.js'
import type { TaskKind } from './task-kit.js'

const methods: readonly string[] = UnlearningRecipe.options.map(({ shape }) => shape.method.value)

function methodOf(name: string, field: string): UnlearningMethod {
  if (methods.includes(name)) return name as UnlearningMethod
  throw new DomainError('METHOD_UNKNOWN', `A method of unlearning is one of ${methods.join(', ')}.`, field)
}

export const audit: TaskKind<'audit'> = {
  async prepare(task, { artifacts }) {
    const { tenantId, policy, recipe, learnedCount, together = [] } = task
    const get = ({ digest }: { digest: typeof task.pack.digest }) => artifacts.get(tenantId, digest)
    const pack = await get(task.pack)
    const commitment = readTwinCommitment(pack)
    const references = task.references.map(async ({ label, role, method, checkpoint }, index) => ({
      label,
      role,
      method: methodOf(method, `references.${index}.method`),
      weights: await get(checkpoint.weights),
    }))
    return {
      kind: 'audit',
      method: methodOf(task.method, 'method'),
      pack,
      twinSeed: commitment === null ? null : await artifacts.get(tenantId, commitment),
      excluded: await readForgetSets(artifacts, tenantId, task.excluded, 'excluded'),
      forget: await readForgetSets(artifacts, tenantId, [task.forget], 'forget'),
      together: await readForgetSets(artifacts, tenantId, together, 'together'),
      ...(learnedCount === undefined ? {} : { learnedCount }),
      before: await get(task.before.weights),
      after: await get(task.after.weights),
      references: await Promise.all(references),
      recipe,
      policy,
    }
  },
  async store({ report, matrices, data }, keep, provenance) {
    for (const [blob, named] of [
      [await keep(matrices), report.matrices],
      [await keep(data), report.data],
    ] as const)
      if (blob.digest !== named?.digest || blob.size !== named.size)
        throw new Error('The report names other bytes than the audit made.')
    return { kind: 'audit', report, provenance }
  },
}
