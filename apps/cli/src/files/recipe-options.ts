import { EncoderConfig, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import { Option, type Command } from 'commander'
import { decimal, setOption, wholeNumber } from './command-options.js'
import type { RecipeChoice } from './read-recipe.js'

const frameworks = TrainingRecipe.options.map(({ shape }) => shape.framework.value)
const methods = UnlearningRecipe.options.map(({ shape }) => shape.method.value)
const encoders = ['compact-conv', 'resnet-18', 'resnet-50', 'compact-vit'] satisfies EncoderConfig['kind'][]

/** Option → path of the recipe's member. */
const trainingMembers = {
  framework: 'framework',
  encoder: 'encoder.kind',
  stem: 'encoder.stem',
  epochs: 'epochs',
  batchSize: 'batchSize',
  chunkSize: 'chunkSize',
  optimizer: 'optimizer.kind',
  learningRate: 'optimizer.learningRate',
  temperature: 'temperature',
  viewStrength: 'views.strength',
  seed: 'seed',
} as const

const unlearningMembers = {
  method: 'method',
  epochs: 'epochs',
  learningRate: 'learningRate',
  alpha: 'alpha',
  beta: 'beta',
  repairEpochs: 'repairEpochs',
  lambda: 'lambda',
  seed: 'seed',
} as const

type Given<Members> = { readonly [name in keyof Members]?: unknown } & {
  readonly recipe?: string
  readonly set?: readonly string[]
}
export type TrainingRecipeOptions = Given<typeof trainingMembers>
export type UnlearningRecipeOptions = Given<typeof unlearningMembers>

export const addTrainingRecipe = (command: Command): Command =>
  command
    .option('--recipe <file>', 'a training recipe as JSON; the options below change single members of it')
    .addOption(new Option('--framework <name>').choices(frameworks))
    .addOption(new Option('--encoder <kind>').choices(encoders))
    .addOption(new Option('--stem <kind>', 'of a ResNet').choices(['cifar', 'imagenet']))
    .option('--epochs <n>', 'how often training goes over the samples', wholeNumber)
    .option('--batch-size <n>', 'samples in a batch', wholeNumber)
    .option('--chunk-size <n>', 'rows that go through the encoder at once; bounds the memory', wholeNumber)
    .addOption(new Option('--optimizer <kind>').choices(['sgd', 'lars', 'adamw']))
    .option('--learning-rate <x>', 'its peak', decimal)
    .option('--temperature <x>', 'τ of the loss', decimal)
    .option('--view-strength <x>', 'from 0, the picture as it is, to 1', decimal)
    .option('--seed <n>', 'decides every draw', wholeNumber)
    .addOption(setOption('recipe'))

export const addUnlearningRecipe = (command: Command): Command =>
  command
    .option('--recipe <file>', 'an unlearning recipe as JSON; the options below change single members of it')
    .addOption(new Option('--method <name>', 'default alignment-calibration').choices(methods))
    .option('--epochs <n>', 'how often training goes over the samples', wholeNumber)
    .option('--learning-rate <x>', 'default a sixth of the rate of training, and 0.0001 for gradient ascent', decimal)
    .option('--alpha <x>', 'weight of negative alignment calibration', decimal)
    .option('--beta <x>', 'weight of positive alignment calibration', decimal)
    .option('--repair-epochs <n>', 'on the retained samples, after calibration', wholeNumber)
    .option('--lambda <x>', 'weight of the ℓ1 norm', decimal)
    .option('--seed <n>', 'default that of training', wholeNumber)
    .addOption(setOption('recipe'))

export const trainingChoice = (options: TrainingRecipeOptions): RecipeChoice => choiceOf(options, trainingMembers)
export const unlearningChoice = (options: UnlearningRecipeOptions): RecipeChoice => choiceOf(options, unlearningMembers)

const choiceOf = <Members extends Record<string, string>>(options: Given<Members>, members: Members): RecipeChoice => ({
  file: options.recipe,
  set: options.set,
  members: Object.fromEntries(Object.entries(members).map(([name, place]) => [place, options[name as keyof Members]])),
})
