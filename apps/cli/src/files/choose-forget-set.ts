import { nearDuplicatesOf, readPack } from '@lethe/datasets'
import { ContentId, DomainError } from '@lethe/domain'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseContentIds } from './model-directory.js'

/** How the command line names what is to be forgotten. Exactly one is given. */
export interface ForgetChoice {
  /** A file of content ids. */
  readonly forget?: string | undefined
  /** Names of samples within their source. */
  readonly forgetKeys?: readonly string[] | undefined
  readonly forgetOwner?: string | undefined
}

const Sample = z.object({ contentId: ContentId, key: z.string(), owner: z.string() })

export interface ChosenForgetSet {
  readonly forget: readonly ContentId[]
  /** The owner's other samples: held out, or forgotten before. */
  readonly notLearned: number
}

/**
 * Ids and keys are taken as they were named; of an owner's samples, those that the model was trained on.
 * @throws DomainError FORGET_SET_MISSING, FORGET_SET_INVALID, FORGET_SET_EMPTY, FORGET_KEYS_UNKNOWN, SAMPLES_MISSING.
 */
export function chooseForgetSet(
  choice: ForgetChoice,
  samples: string | null,
  learned: ReadonlySet<ContentId>,
): ChosenForgetSet {
  if (choice.forget !== undefined) return { forget: readIds(choice.forget), notLearned: 0 }
  const field = choice.forgetOwner === undefined ? '--forget-keys' : '--forget-owner'
  if (samples === null)
    throw new DomainError(
      'SAMPLES_MISSING',
      'Beside the pack there is no .samples.jsonl that names keys and owners; name content ids with --forget.',
      field,
    )
  const known = readSamples(samples, field)
  const { forgetKeys, forgetOwner } = choice
  if (forgetOwner !== undefined) return chooseOwned(known, forgetOwner, learned, field)
  const byKey = new Map(known.map(({ key, contentId }) => [key, contentId]))
  const unknown = (forgetKeys ?? []).filter((key) => !byKey.has(key))
  if (unknown.length > 0)
    throw new DomainError(
      'FORGET_KEYS_UNKNOWN',
      `No sample is called ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` or ${unknown.length - 5} more` : ''}; ` +
        'keys are those of the dataset’s .samples.jsonl.',
      field,
    )
  return { forget: [...new Set((forgetKeys ?? []).map((key) => byKey.get(key) as ContentId))], notLearned: 0 }
}

function chooseOwned(
  known: readonly z.infer<typeof Sample>[],
  owner: string,
  learned: ReadonlySet<ContentId>,
  field: string,
): ChosenForgetSet {
  const owned = new Set(known.flatMap((sample) => (sample.owner === owner ? [sample.contentId] : [])))
  if (owned.size === 0)
    throw new DomainError('FORGET_SET_EMPTY', `No sample belongs to ${owner}; check the owner's key.`, field)
  const forget = [...owned].filter((contentId) => learned.has(contentId))
  if (forget.length === 0)
    throw new DomainError(
      'FORGET_SET_EMPTY',
      `The model was trained on none of the ${owned.size} samples of ${owner}; there is nothing to forget.`,
      field,
    )
  return { forget, notLearned: owned.size - forget.length }
}

function readIds(file: string): ContentId[] {
  if (!existsSync(file)) throw new DomainError('FORGET_SET_MISSING', `There is no file ${file}.`, '--forget')
  const ids = parseContentIds(readFileSync(file, 'utf8'), file, '--forget')
  if (ids.length === 0)
    throw new DomainError('FORGET_SET_EMPTY', `${file} names no sample; give at least one content id.`, '--forget')
  return ids
}

function readSamples(lines: string, field: string): z.infer<typeof Sample>[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const sample = Sample.safeParse(parseJson(line))
      if (sample.success) return sample.data
      throw new DomainError(
        'SAMPLES_INVALID',
        `Line ${index + 1} of the pack's .samples.jsonl is no sample; make the pack again with lethe dataset pack.`,
        field,
      )
    })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The samples that a model was trained on and has not forgotten. */
export function learnedFrom(pack: Uint8Array, excluded: readonly ContentId[]): Set<ContentId> {
  const gone = new Set(excluded)
  return new Set(
    readPack(pack).samples.flatMap(({ contentId, split }) =>
      split === 'train' && !gone.has(contentId) ? [contentId] : [],
    ),
  )
}

/** Samples that a model would go on learning although they resemble what it is to forget. */
export const findResembling = (
  pack: Uint8Array,
  forget: readonly ContentId[],
  learned: ReadonlySet<ContentId>,
): ContentId[] =>
  nearDuplicatesOf(readPack(pack), forget).flatMap(({ contentId }) => (learned.has(contentId) ? [contentId] : []))
