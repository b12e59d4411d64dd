import { DomainError, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import { existsSync, readFileSync } from 'node:fs'
import { parseRecipe } from './describe-issue.js'

type Members = Record<string, unknown>

/** What the command line says of a recipe: a file, members by name, and any member by its path. */
export interface RecipeChoice {
  /** A JSON file. */
  readonly file?: string | undefined
  /** Members that have an option of their own, by their path; undefined where the option is not given. */
  readonly members: Readonly<Record<string, unknown>>
  /** `path=value`, the value as JSON or, where it is none, as text. */
  readonly set?: readonly string[] | undefined
}

/** Where a beginner gets something sensible; every member can be said otherwise. */
const starts: Readonly<Record<string, Members>> = {
  simclr: { optimizer: { learningRate: 0.12 } },
  moco: { optimizer: { learningRate: 0.06 } },
  clip: { optimizer: { kind: 'adamw', learningRate: 2e-3 } },
}

/** @throws DomainError RECIPE_INVALID, RECIPE_MISSING, naming the member. */
export function readTrainingRecipe(choice: RecipeChoice, imageSize: number): TrainingRecipe {
  const chosen = choose(choice, 'recipe')
  const framework = typeof chosen['framework'] === 'string' ? chosen['framework'] : 'simclr'
  const recipe =
    choice.file === undefined
      ? merge(
          { framework, encoder: { kind: 'compact-conv' }, views: {}, epochs: 100, batchSize: 64, seed: 0 },
          merge(starts[framework] ?? {}, chosen),
        )
      : chosen
  const encoder = recipe['encoder']
  if (isMembers(encoder) && encoder['kind'] === 'compact-vit') encoder['imageSize'] ??= imageSize
  if (isMembers(encoder) && framework !== 'simclr' && choice.file === undefined) linearHead(encoder)
  return parseRecipe(TrainingRecipe, recipe, { field: 'recipe', code: 'RECIPE_INVALID' })
}

/** MoCo and CLIP project linearly. */
function linearHead(encoder: Members): void {
  const small = encoder['kind'] === 'compact-conv'
  encoder['projection'] = merge({ hidden: null, output: small ? 64 : 128 }, membersOf(encoder['projection']))
}

/** Methods by which a rate of zero point nought is much. */
const ascentRate = 1e-4

/** How to unlearn what was trained by `recipe`: a sixth of its rate unless said otherwise. */
export function readUnlearningRecipe(choice: RecipeChoice, recipe: TrainingRecipe): UnlearningRecipe {
  const chosen = choose(choice, 'unlearning')
  const method = chosen['method'] ?? 'alignment-calibration'
  const learningRate =
    method === 'gradient-ascent' ? ascentRate : Number((recipe.optimizer.learningRate / 6).toPrecision(3))
  const hasBudget = method !== 'retrain' && method !== 'output-suppression'
  return parseRecipe(
    UnlearningRecipe,
    { method, seed: recipe.seed, ...(hasBudget ? { learningRate } : {}), ...chosen },
    { field: 'unlearning', code: 'RECIPE_INVALID' },
  )
}

function choose({ file, members, set = [] }: RecipeChoice, field: string): Members {
  const chosen = file === undefined ? {} : readJson(file)
  for (const [place, value] of Object.entries(members)) if (value !== undefined) assign(chosen, place, value)
  for (const word of set) {
    const at = word.indexOf('=')
    if (at < 1) throw new DomainError('RECIPE_INVALID', `Give a member as path=value, not ${word}.`, `${field} --set`)
    assign(chosen, word.slice(0, at), parseValue(word.slice(at + 1)))
  }
  return chosen
}

function readJson(file: string): Members {
  if (!existsSync(file)) throw new DomainError('RECIPE_MISSING', `There is no file ${file}.`, '--recipe')
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isMembers(value)) return value
  } catch {
    // The refusal below says what is wanted.
  }
  throw new DomainError(
    'RECIPE_INVALID',
    `${file} holds no JSON object; docs/command-line.md has one to begin with.`,
    '--recipe',
  )
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function assign(target: Members, place: string, value: unknown): void {
  const [first = '', ...rest] = place.split('.')
  if (rest.length === 0) target[first] = value
  else {
    const inner = { ...membersOf(target[first]) }
    assign(inner, rest.join('.'), value)
    target[first] = inner
  }
}

function merge(under: Members, over: Members): Members {
  const merged: Members = { ...under }
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name]
    merged[name] = isMembers(below) && isMembers(value) ? merge(below, value) : value
  }
  return merged
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const membersOf = (value: unknown): Members => (isMembers(value) ? value : {})
