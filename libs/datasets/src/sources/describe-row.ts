import { refuse } from '../errors.js'
import { limits, type Split } from '../sample-metadata.js'
import { cutText } from './cut-text.js'
import type { SourceSample } from './sample-source.js'

/** What a line of a table says, by column. */
export type Row = ReadonlyMap<string, unknown>

/** Which column holds what; those not named are looked for under their usual names. */
export interface ColumnNames {
  readonly image?: string | undefined
  readonly caption?: string | undefined
  readonly group?: string | undefined
  readonly owner?: string | undefined
  readonly split?: string | undefined
}

export type RowDescription = Pick<SourceSample, 'caption' | 'group' | 'owner' | 'split'>

export const imageColumns = [
  'image',
  'img',
  'picture',
  'file_name',
  'filename',
  'filepath',
  'image_path',
  'path',
  'file',
] as const
const captionColumns = ['caption', 'text', 'title', 'description'] as const
const groupColumns = ['group', 'class', 'category', 'fine_label'] as const

/** Columns that are read when none are named. */
export const usualColumns: readonly string[] = [...captionColumns, ...groupColumns, 'label', 'owner', 'split']

const splitNames: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  calibration: 'calibration',
  test: 'held-out',
  val: 'held-out',
  valid: 'held-out',
  validation: 'held-out',
  dev: 'held-out',
  'held-out': 'held-out',
  held_out: 'held-out',
}

/** The split that a name usually stands for, in files, folders and columns; undefined for other names. */
export const splitNamed = (name: string): Split | undefined =>
  Object.hasOwn(splitNames, name.toLowerCase()) ? splitNames[name.toLowerCase()] : undefined

/** The value of the named column, else of the first of the usual ones that holds anything. */
export function pick(row: Row, named: string | undefined, usual: readonly string[]): unknown {
  if (named !== undefined) return row.get(named)
  for (const name of usual) {
    const value = row.get(name)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** Text of a cell; of several texts the first. Null when it holds none. */
export function cellText(value: unknown): string | null {
  if (Array.isArray(value)) return cellText(value[0])
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/**
 * Caption, class, owner and split of a row. `label` is the class, unless another column is; then it is the caption.
 * Captions beyond 512 characters are cut there: text towers read less than that.
 * @returns what the row says, or one sentence that says what to mend.
 */
export function describeRow(row: Row, columns: ColumnNames = {}): RowDescription | string {
  const caption = cellText(pick(row, columns.caption, captionColumns))
  const group = cellText(pick(row, columns.group, groupColumns))
  const label = columns.caption === 'label' || columns.group === 'label' ? null : cellText(row.get('label'))
  const owner = cellText(pick(row, columns.owner, ['owner']))
  const split = cellText(pick(row, columns.split, ['split']))
  const known = split === null ? null : splitNamed(split)
  if (known === undefined)
    return `"${cutText(split ?? '', 40)}" is no split: use train, calibration, held-out, test or validation.`
  const description = {
    caption: cutText(caption ?? (group === null ? '' : (label ?? '')), limits.label) || null,
    group: group ?? label,
    owner,
    split: known,
  }
  return faultIn(description) ?? description
}

function faultIn({ caption, group, owner }: RowDescription): string | null {
  if (group !== null && group.length > limits.group) return `The class is longer than ${limits.group} characters.`
  if (owner !== null && owner.length > limits.owner) return `The owner is longer than ${limits.owner} characters.`
  for (const [name, text] of Object.entries({ caption, class: group, owner }))
    if (text !== null && /[\0\p{Surrogate}]/u.test(text)) return `The ${name} holds a character that cannot be stored.`
  return null
}

/** @throws DomainError SOURCE_COLUMNS when a column that was named is not there. */
export function assertColumns(columns: ColumnNames, there: readonly string[]): void {
  for (const [field, name] of Object.entries(columns) as [string, string | undefined][])
    if (name !== undefined && !there.includes(name))
      refuse('SOURCE_COLUMNS', `There is no column "${name}"; there are ${listed(there)}.`, `columns.${field}`)
}

export const namedColumns = ({ image, caption, group, owner, split }: ColumnNames): string[] =>
  [image, caption, group, owner, split].filter((name) => name !== undefined)

const SHOWN = 20

/** Names for a message, not too many. */
export const listed = (names: readonly string[]): string =>
  names
    .slice(0, SHOWN)
    .map((name) => cutText(name, 40))
    .join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '')
