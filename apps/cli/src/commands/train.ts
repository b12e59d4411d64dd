import type { BackendChoice } from '@lethe/device'
import { DomainError } from '@lethe/domain'
import { provenanceOf } from '@lethe/engine'
import type { Command } from 'commander'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { readFilesEnv } from '../env.js'
import {
  backendOption,
  interruptible,
  sameCommandWith,
  viewThreadsOption,
  wholeNumber,
  withExamples,
} from '../files/command-options.js'
import { describeInterruption, describeModel } from '../files/describe-outcome.js'
import { blobOf, modelFiles, writeModelDirectory } from '../files/model-directory.js'
import { keepDataset, openDataset } from '../files/open-dataset.js'
import { openEngine } from '../files/open-engine.js'
import { planTraining } from '../files/plan-training.js'
import { readTrainingRecipe } from '../files/read-recipe.js'
import { addTrainingRecipe, trainingChoice, type TrainingRecipeOptions } from '../files/recipe-options.js'
import { findResumePoint, trainInEngine } from '../files/train-in-engine.js'

interface TrainOptions extends TrainingRecipeOptions {
  readonly out?: string
  readonly resume?: boolean
  readonly dryRun?: boolean
  readonly backend?: BackendChoice
  readonly viewThreads?: number
  readonly imageSize: number
  readonly evaluateEvery: number
  readonly checkpointSeconds: number
}

export function registerTrain(program: Command): void {
  const command = program
    .command('train')
    .description('pretrain a model on a dataset in files, without the platform')
    .argument('<dataset>', 'a dataset pack, or anything that lethe dataset inspect reads')
    .option('--out <folder>', 'where the model is written')
  addTrainingRecipe(command)
    .option(
      '--image-size <pixels>',
      'edge that pictures are fitted into, for datasets that are no pack',
      wholeNumber,
      32,
    )
    .option('--evaluate-every <epochs>', 'score the features on the held-out split; 0 never', wholeNumber, 0)
    .option('--checkpoint-seconds <n>', 'save where it can be resumed after so long', wholeNumber, 30)
    .option('--resume', 'go on where an interrupted run in the same folder left off')
    .option('--dry-run', 'check everything and say what it takes; train nothing')
    .addOption(backendOption())
    .addOption(viewThreadsOption())
    .action(async (dataset: string, options: TrainOptions) => {
      process.exitCode = await train(dataset, options)
    })
  withExamples(
    command,
    [
      'lethe train pictures/ --framework simclr --epochs 200 --out model',
      'lethe train pack.safetensors --recipe recipe.json --set optimizer.clipNorm=1 --out model',
      'lethe train cifar-10-batches-bin --encoder resnet-18 --batch-size 512 --chunk-size 64 --dry-run',
    ],
    [interruptible],
  )
}

/** Null where nothing will be written. @throws DomainError OUT_MISSING. */
function requireOut({ out, dryRun }: TrainOptions): string | null {
  if (dryRun === true) return null
  if (out !== undefined) return out
  throw new DomainError('OUT_MISSING', 'Say where the model is to be written, or add --dry-run.', '--out')
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Exit code: 0 done, 130 interrupted. Everything is checked before anything is computed. */
async function train(source: string, options: TrainOptions): Promise<number> {
  const env = readFilesEnv()
  const directory = requireOut(options)
  const point = directory === null ? null : findResumePoint(directory, options.resume === true)
  const dataset = await openDataset(source, { imageSize: options.imageSize })
  const recipe = readTrainingRecipe(trainingChoice(options), dataset.imageSize)
  const engine = await openEngine({
    backend: options.backend,
    viewThreads: options.viewThreads ?? env.viewThreads,
    report: say,
  })
  try {
    if (directory === null) {
      process.stdout.write(await planTraining(engine, { pack: dataset.pack, recipe }))
      return 0
    }
    const provenance = provenanceOf(engine.device, env.codeVersion)
    const kept = keepDataset(dataset, directory)
    const outcome = await trainInEngine(
      engine,
      {
        kind: 'pretrain',
        pack: dataset.pack,
        excluded: [],
        recipe,
        provenance,
        resume: point?.checkpoint ?? null,
        checkpointMs: options.checkpointSeconds * 1000,
        evaluateEveryEpochs: options.evaluateEvery,
      },
      { directory, spent: point?.spent ?? null },
    )
    if (outcome.kind === 'interrupted') {
      say(describeInterruption(outcome.epoch, sameCommandWith(process.argv, '--resume')))
      return 130
    }
    const { checkpoint, curve, trainCount } = outcome.result
    writeModelDirectory(directory, {
      checkpoint,
      manifest: {
        origin: 'pretrain',
        recipe,
        dataset: { ...kept, trainCount },
        parent: null,
        unlearning: null,
        forget: null,
        curve: [...curve],
        cost: outcome.cost,
        provenance,
      },
    })
    rmSync(path.join(directory, modelFiles.resume), { force: true })
    process.stdout.write(describeModel(directory, blobOf(checkpoint.weights).digest, outcome))
    return 0
  } finally {
    await engine.close()
  }
}
