import type { BackendChoice } from '@lethe/device'
import { DomainError, forgetSetBytes, type ContentId } from '@lethe/domain'
import { provenanceOf } from '@lethe/engine'
import type { Command } from 'commander'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { readFilesEnv } from '../env.js'
import { chooseForgetSet, findResembling, learnedFrom } from '../files/choose-forget-set.js'
import {
  assertOneOf,
  backendOption,
  interruptible,
  sameCommandWith,
  viewThreadsOption,
  wholeNumber,
  withExamples,
} from '../files/command-options.js'
import { describeInterruption, describeModel } from '../files/describe-outcome.js'
import {
  blobOf,
  digestOf,
  modelFiles,
  readModelDirectory,
  writeModelDirectory,
  type ModelDirectory,
} from '../files/model-directory.js'
import { readBytes } from '../files/open-dataset.js'
import { openEngine } from '../files/open-engine.js'
import { readUnlearningRecipe } from '../files/read-recipe.js'
import { addUnlearningRecipe, unlearningChoice, type UnlearningRecipeOptions } from '../files/recipe-options.js'
import { findResumePoint, trainInEngine } from '../files/train-in-engine.js'

interface UnlearnOptions extends UnlearningRecipeOptions {
  readonly out: string
  readonly forget?: string
  readonly forgetKeys?: readonly string[]
  readonly forgetOwner?: string
  readonly includeResembling?: boolean
  readonly dataset?: string
  readonly resume?: boolean
  readonly backend?: BackendChoice
  readonly viewThreads?: number
  readonly checkpointSeconds: number
}

export function registerUnlearn(program: Command): void {
  const command = program
    .command('unlearn')
    .description('make a trained model forget samples of its dataset')
    .argument('<model>', 'a folder that lethe train or lethe unlearn wrote')
    .requiredOption('--out <folder>', 'where the new model is written')
    .option('--forget <file>', 'content ids to forget, one per line')
    .option('--forget-keys <keys...>', 'samples to forget, by their names in the dataset')
    .option('--forget-owner <key>', 'forget every sample of this owner')
    .option('--include-resembling', 'also forget what resembles a sample to forget')
    .option('--dataset <pack>', 'where the pack that it was trained on is now')
  addUnlearningRecipe(command)
    .option('--checkpoint-seconds <n>', 'save where it can be resumed after so long', wholeNumber, 30)
    .option('--resume', 'go on where an interrupted run in the same folder left off')
    .addOption(backendOption())
    .addOption(viewThreadsOption())
    .action(async (directory: string, options: UnlearnOptions) => {
      process.exitCode = await unlearn(directory, options)
    })
  withExamples(
    command,
    [
      'lethe unlearn model --forget ids.txt --out forgotten',
      'lethe unlearn model --forget-owner studio-a --method alignment-calibration --beta 8 --out forgotten',
      'lethe unlearn model --forget-keys 0041 0042 --method retrain --out retrained',
    ],
    [interruptible],
  )
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Exit code: 0 done, 130 interrupted. Everything is checked before anything is computed. */
async function unlearn(directory: string, options: UnlearnOptions): Promise<number> {
  const env = readFilesEnv()
  assertOneOf({
    '--forget': options.forget,
    '--forget-keys': options.forgetKeys,
    '--forget-owner': options.forgetOwner,
  })
  const point = findResumePoint(options.out, options.resume === true)
  const parent = readModelDirectory(directory, 'model')
  const { recipe, dataset, pack } = trainingOf(parent, options.dataset)
  const unlearning = readUnlearningRecipe(unlearningChoice(options), recipe)
  const samples = dataset.samples === null ? null : readTextIn(directory, dataset.samples)
  const learned = learnedFrom(pack, parent.forgotten)
  const chosen = chooseForgetSet(options, samples, learned)
  if (chosen.notLearned > 0) say(describeNotLearned(chosen.notLearned, options.forgetOwner ?? ''))
  const forget = withResembling(chosen.forget, pack, learned, options)
  const engine = await openEngine({
    backend: options.backend,
    viewThreads: options.viewThreads ?? env.viewThreads,
    report: say,
  })
  try {
    const provenance = provenanceOf(engine.device, env.codeVersion)
    const { weights, state } = parent.checkpoint
    const outcome = await trainInEngine(
      engine,
      {
        kind: 'unlearn',
        pack,
        excluded: parent.forgotten,
        forget,
        parent: { weights, state: state ?? new Uint8Array(0) },
        recipe,
        unlearning,
        provenance,
        resume: point?.checkpoint ?? null,
        checkpointMs: options.checkpointSeconds * 1000,
        evaluateEveryEpochs: 0,
      },
      { directory: options.out, spent: point?.spent ?? null },
    )
    if (outcome.kind === 'interrupted') {
      say(describeInterruption(outcome.epoch, sameCommandWith(process.argv, '--resume')))
      return 130
    }
    const { result } = outcome
    if (result.kind !== 'unlearn') throw new Error(`The engine answered with ${result.kind}.`)
    const { checkpoint, curve, trainCount, resembling } = result
    const moved = (file: string): string => path.relative(path.resolve(options.out), path.resolve(directory, file))
    writeModelDirectory(options.out, {
      checkpoint,
      forgotten: [...parent.forgotten, ...forget].toSorted(),
      manifest: {
        origin: 'unlearn',
        recipe,
        dataset: {
          ...dataset,
          trainCount,
          file: moved(dataset.file),
          samples: dataset.samples === null ? null : moved(dataset.samples),
        },
        parent: { directory: moved('.'), weights: parent.manifest.checkpoint.weights },
        unlearning,
        forget: {
          digest: digestOf(forgetSetBytes(forget)),
          count: forget.length,
          resembling: resembling.map(({ contentId }) => contentId),
        },
        curve: [...curve],
        cost: outcome.cost,
        provenance,
      },
    })
    rmSync(path.join(options.out, modelFiles.resume), { force: true })
    process.stdout.write(describeModel(options.out, blobOf(checkpoint.weights).digest, outcome))
    return 0
  } finally {
    await engine.close()
  }
}

/** How and on what the parent was trained. @throws DomainError MODEL_UNTRAINED, PACK_MISSING, PACK_CHANGED. */
function trainingOf({ directory, manifest }: ModelDirectory, moved: string | undefined) {
  const { recipe, dataset } = manifest
  if (recipe === null || dataset === null)
    throw new DomainError(
      'MODEL_UNTRAINED',
      `${directory} holds imported weights without a recipe or a dataset; there is nothing that it could forget here.`,
      'model',
    )
  const file = moved ?? path.resolve(directory, dataset.file)
  if (!existsSync(file))
    throw new DomainError(
      'PACK_MISSING',
      `The pack that it was trained on is not at ${file}; say where it is with --dataset.`,
      '--dataset',
    )
  const pack = readBytes(file)
  if (digestOf(pack) !== dataset.digest)
    throw new DomainError(
      'PACK_CHANGED',
      `${file} is not the pack that the model was trained on (SHA-256 ${dataset.digest}).`,
      '--dataset',
    )
  const kept = { ...dataset, file: path.relative(path.resolve(directory), path.resolve(file)) }
  return { recipe, dataset: kept, pack }
}

const describeNotLearned = (count: number, owner: string): string =>
  `${owner} has ${count} more ${count === 1 ? 'sample' : 'samples'} that the model was not trained on or has forgotten already.`

function withResembling(
  forget: readonly ContentId[],
  pack: Uint8Array,
  learned: ReadonlySet<ContentId>,
  { includeResembling }: UnlearnOptions,
): ContentId[] {
  const resembling = findResembling(pack, forget, learned)
  if (resembling.length === 0 || includeResembling) return [...forget, ...resembling]
  say(
    `${resembling.length} ${resembling.length === 1 ? 'sample that stays resembles' : 'samples that stay resemble'} one to ` +
      'be forgotten, which blurs what forgetting means; --include-resembling forgets these too.',
  )
  return [...forget]
}

function readTextIn(directory: string, file: string): string | null {
  const name = path.resolve(directory, file)
  return existsSync(name) ? readFileSync(name, 'utf8') : null
}
