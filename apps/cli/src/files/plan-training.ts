import type { TrainingRecipe } from '@lethe/domain'
import type { EngineThread } from '@lethe/engine'
import { formatBytes } from './format-quantities.js'
import { tabulate } from './tabulate.js'

/** The process itself, its runtime and the backend's library, measured. */
const processBytes = 400e6

/** Checks the recipe against the dataset on the engine's own backend, and says what training would take. */
export async function planTraining(
  engine: EngineThread,
  { pack, recipe }: { pack: Uint8Array; recipe: TrainingRecipe },
): Promise<string> {
  const packBytes = pack.length
  const result = await engine.run(
    { kind: 'plan', pack, excluded: [], recipe },
    {
      signal: new AbortController().signal,
      mayFinishEpoch: () => false,
      onProgress: () => undefined,
      onCheckpoint: () => undefined,
    },
  )
  if (result.kind !== 'plan') throw new Error('The engine answered another question.')
  const { plan, trainCount, heldOutCount } = result
  const { backend, backendVersion, device } = engine.device
  return tabulate([
    ['dataset', `${trainCount} pictures to train on, ${heldOutCount} held out, ${formatBytes(packBytes)}`],
    ['model', `${recipe.framework}, ${recipe.encoder.kind}: ${plan.parameters.toLocaleString('en')} parameters`],
    ['steps', `${plan.stepsPerEpoch} an epoch, ${plan.steps.toLocaleString('en')} in all`],
    ['memory', `about ${formatBytes(processBytes + 3 * packBytes + plan.tensorBytes)}`],
    ['backend', `${backend} (${backendVersion}), ${device}`],
  ])
}
