import path from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { AuditPolicy, completePolicy, UnlearningRecipe, ViewConfig, type CompletePolicy } from '@lethe/domain'
import type { ColumnNames } from '@lethe/datasets'
import { languages, type Language } from '@lethe/report'
import type { z } from 'zod'
import { refuse } from '../kit-error.js'

export interface AuditCommand {
  readonly kind: 'audit'
  /** Missing when a folder goes on with what it holds. */
  readonly before: string | undefined
  readonly after: string | undefined
  readonly images: string | undefined
  readonly heldOut: string | undefined
  readonly retain: string | undefined
  readonly columns: ColumnNames
  readonly leaveOutCopies: boolean
  readonly most: number
  readonly method: string
  readonly views: Partial<ViewConfig>
  /** Everything but the seed, which is drawn where none was given. */
  readonly policy: CompletePolicy
  readonly seed: number | undefined
  readonly challenge: string | undefined
  readonly out: string
  readonly key: string | undefined
  readonly token: string | undefined
  readonly timeoutMs: number
  readonly parallel: number
  readonly planOnly: boolean
  /** What this command line says of the audit itself, by option. */
  readonly said: Settings
  readonly resume: boolean
  readonly language: Language
}

/** Options that fix an audit, as they are typed: folders as absolute paths, numbers in one form. */
export type Settings = Readonly<Record<string, string>>

export interface VerifyCommand {
  readonly kind: 'verify'
  readonly folder: string
  readonly key: string | undefined
  readonly language: Language
}

export type KitCommand =
  AuditCommand | VerifyCommand | { readonly kind: 'help' | 'version'; readonly language: Language }

const options = {
  before: { type: 'string' },
  after: { type: 'string' },
  images: { type: 'string' },
  'held-out': { type: 'string' },
  retain: { type: 'string' },
  labels: { type: 'string' },
  captions: { type: 'string' },
  'leave-out-copies': { type: 'boolean' },
  most: { type: 'string' },
  method: { type: 'string' },
  'view-strength': { type: 'string' },
  alpha: { type: 'string' },
  margin: { type: 'string' },
  power: { type: 'string' },
  'utility-margin': { type: 'string' },
  views: { type: 'string' },
  resamples: { type: 'string' },
  seed: { type: 'string' },
  challenge: { type: 'string' },
  out: { type: 'string' },
  key: { type: 'string' },
  token: { type: 'string' },
  timeout: { type: 'string' },
  parallel: { type: 'string' },
  plan: { type: 'boolean' },
  resume: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

type Values = ReturnType<typeof parse>['values']

/** @throws DomainError ARGUMENTS_INVALID, naming the option. */
export function parseCommand(argv: readonly string[], surroundings: { token: string | undefined }): KitCommand {
  const { values, positionals } = parse(argv)
  const language = languageOf(values.lang)
  if (values.version) return { kind: 'version', language }
  const [word, ...rest] = positionals
  if (values.help || word === 'help' || argv.length === 0) return { kind: 'help', language }
  if (word === 'verify') {
    const [folder] = rest
    if (folder === undefined || rest.length > 1)
      refuse('ARGUMENTS_INVALID', 'Name the one folder to verify: lethe-audit verify DIR.')
    return { kind: 'verify', folder, key: values.key, language }
  }
  if (word !== undefined) refuse('ARGUMENTS_INVALID', `"${word}" is not understood; see lethe-audit --help.`)
  return auditCommand(values, surroundings.token, language)
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    return refuse(
      'ARGUMENTS_INVALID',
      // Node explains at length how to pass a folder whose name looks like an option.
      `${(error instanceof Error ? error.message : String(error)).replace(/\.? To specify a positional.*$/s, '.')} See lethe-audit --help.`,
    )
  }
}

function languageOf(text: string | undefined): Language {
  const found = languages.find((language) => language === (text ?? 'en'))
  return found ?? refuse('ARGUMENTS_INVALID', `A language is one of ${languages.join(', ')}.`, '--lang')
}

/** Members of the policy, and the options that set them. */
const policyOptions = {
  alpha: 'alpha',
  aucMargin: 'margin',
  minimumPower: 'power',
  utilityMargin: 'utility-margin',
  views: 'views',
  resamples: 'resamples',
  seed: 'seed',
} as const satisfies Partial<Record<keyof AuditPolicy, keyof Values>>
const policyMembers = Object.entries(policyOptions)

function policyOf(values: Values): CompletePolicy {
  const said = policyMembers.map(([member, option]) => [member, number(values[option], `--${option}`)] as const)
  const policy = Object.fromEntries(said.filter(([, value]) => value !== undefined))
  const parsed = AuditPolicy.safeParse({ version: 1, resamples: 10_000, ...policy })
  if (parsed.success) return completePolicy(parsed.data)
  const [issue] = parsed.error.issues
  const option = policyMembers.find(([member]) => member === issue?.path[0])?.[1]
  return refuse('ARGUMENTS_INVALID', `${issue?.message ?? 'not understood'}.`, `--${option ?? 'alpha'}`)
}

const folderOptions = ['images', 'held-out', 'retain'] as const
const textOptions = ['labels', 'captions', 'method', 'challenge'] as const
const numberOptions = ['most', 'view-strength', ...Object.values(policyOptions)] as const

function saidIn(values: Values): Settings {
  return {
    ...each(folderOptions, (option) => values[option] && path.resolve(values[option])),
    ...each(textOptions, (option) => values[option]),
    ...each(numberOptions, (option) => number(values[option], `--${option}`)?.toString()),
    ...given('leave-out-copies', values['leave-out-copies']?.toString()),
  }
}

/** The settings that have one. */
const each = <Name extends string>(names: readonly Name[], of: (name: Name) => string | undefined): Settings =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = of(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** All that fixes an audit: what the command says, and where it says nothing what holds then. */
export const settingsOf = ({ said, policy, method }: AuditCommand): Settings => ({
  ...Object.fromEntries(
    policyMembers.map(([member, option]) => [option, String(policy[member as keyof typeof policy])]),
  ),
  method,
  'leave-out-copies': 'false',
  ...said,
})

function auditCommand(values: Values, token: string | undefined, language: Language): AuditCommand {
  const strength = number(values['view-strength'], '--view-strength')
  return {
    kind: 'audit',
    before: url(values.before, '--before'),
    after: url(values.after, '--after'),
    images: values.images,
    heldOut: values['held-out'],
    retain: values.retain,
    columns: { ...given('group', values.labels), ...given('caption', values.captions) },
    leaveOutCopies: values['leave-out-copies'] ?? false,
    most: number(values.most, '--most') ?? Infinity,
    method: methodOf(values.method),
    views:
      strength === undefined ? {} : { strength: check(ViewConfig.shape.strength, strength, '--view-strength') ?? 0 },
    policy: policyOf(values),
    seed: number(values.seed, '--seed'),
    challenge: values.challenge,
    out: values.out ?? 'lethe-audit',
    key: values.key,
    token: values.token ?? token,
    timeoutMs: 1000 * (number(values.timeout, '--timeout') ?? 60),
    parallel: Math.max(1, number(values.parallel, '--parallel') ?? 2),
    planOnly: values.plan ?? false,
    said: saidIn(values),
    resume: values.resume ?? false,
    language,
  }
}

const given = <Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> =>
  value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)

function number(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value)
    ? value
    : refuse('ARGUMENTS_INVALID', `"${text}" is no number.`, option)
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, option: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  return refuse(
    'ARGUMENTS_INVALID',
    `${[option, ...(issue?.path ?? [])].join(' ')}: ${issue?.message ?? 'not understood'}.`,
  )
}

function url(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined
  const parsed = URL.canParse(text) ? new URL(text) : null
  if (parsed?.username || parsed?.password)
    refuse('ARGUMENTS_INVALID', 'An address holds no password; give a token with --token or LETHE_AUDIT_TOKEN.', option)
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return text
  return refuse('ARGUMENTS_INVALID', `"${text}" is no address; give https://host/path.`, option)
}

const methods: readonly string[] = UnlearningRecipe.options.map(({ shape }) => shape.method.value)

/** Unknown is Alignment Calibration: then every test that a method could have optimised is marked as such. */
function methodOf(text = 'alignment-calibration'): string {
  if (methods.includes(text)) return text
  return refuse('ARGUMENTS_INVALID', `A method of unlearning is one of ${methods.join(', ')}.`, '--method')
}
