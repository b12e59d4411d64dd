import { BackendChoice } from '@lethe/device'
import { DomainError } from '@lethe/domain'
import { InvalidArgumentError, Option, type Command } from 'commander'

/** Options of every command that computes. */
export const backendOption = (): Option =>
  new Option('--backend <name>', 'auto takes the best there is; default LETHE_BACKEND or auto').choices(
    BackendChoice.options,
  )

export const viewThreadsOption = (): Option =>
  new Option('--view-threads <n>', 'threads that draw views; 0 draws them between the steps').argParser(wholeNumber)

export const setOption = (what: string): Option =>
  new Option('--set <path=value>', `any member of the ${what}, by its path; may be given again`)
    .argParser((word: string, before: readonly string[] = []) => [...before, word])
    .default(undefined)

/** @throws InvalidArgumentError, which commander shows with the option's name. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0.')
  return Number(text)
}

/** What a recipe says is checked by its schema, which names the member. */
export function decimal(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Give a number.')
  return value
}

/** Ends every help text with examples and what the exit codes mean. */
export const withExamples = (command: Command, examples: readonly string[], codes: readonly string[] = []): Command =>
  command.addHelpText(
    'after',
    ['', 'Examples:', ...examples.map((line) => `  ${line}`), '', 'Exit codes:', ...exitCodes(codes), ''].join('\n'),
  )

const exitCodes = (more: readonly string[]): string[] =>
  ['0  done', '1  refused or failed; one line says which input and how to mend it', ...more].map((line) => `  ${line}`)

export const interruptible = '130  interrupted; the message says how to go on'

/** The command line as it was given, to be given again with one more word. */
export function sameCommandWith(argv: readonly string[], word: string): string {
  const words = argv.slice(2).filter((given) => given !== word)
  return ['lethe', ...words, word].map(quote).join(' ')
}

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** @throws DomainError OPTIONS_CONFLICT unless exactly one of them is given. */
export function assertOneOf(given: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(given)
  const chosen = names.filter((name) => given[name] !== undefined)
  if (chosen.length === 1) return
  throw new DomainError(
    'OPTIONS_CONFLICT',
    chosen.length === 0 ? `Give one of ${names.join(', ')}.` : `Give only one of ${chosen.join(', ')}.`,
  )
}
