import { parseArgs, type ParseArgsConfig } from 'node:util'
import { languages, type Language } from '@lethe/verifier'
import { refuse } from '../command-error.js'

export interface VerifyCommand {
  readonly kind: 'verify'
  readonly bundle: string
  readonly trust: string
  readonly opening: string | undefined
  /** The reader's present; the clock's where nothing was said. */
  readonly at: Date | undefined
  readonly asJson: boolean
  readonly language: Language
}

export type Command =
  VerifyCommand | { readonly kind: 'page'; readonly file: string } | { readonly kind: 'help' | 'version' }

const options = {
  trust: { type: 'string' },
  opening: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean' },
  page: { type: 'string' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

/** @throws DomainError ARGUMENTS_INVALID naming the option. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv)
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  if (values.page !== undefined) return { kind: 'page', file: values.page }
  const [bundle, ...others] = positionals
  if (bundle === undefined || others.length > 0)
    refuse(
      'ARGUMENTS_INVALID',
      'Name one bundle, saved answer or export: lethe verify erasure-1.tar --trust trust.txt',
      'BUNDLE',
    )
  if (values.trust === undefined)
    refuse('ARGUMENTS_INVALID', 'Give the keys that you trust, in a file that did not come with the bundle.', '--trust')
  return {
    kind: 'verify',
    bundle,
    trust: values.trust,
    opening: values.opening,
    at: instantOf(values.at),
    asJson: values.json === true,
    language: languageOf(values.lang),
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    return refuse('ARGUMENTS_INVALID', error instanceof Error ? error.message : String(error))
  }
}

function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text)
  const instant = new Date(text)
  if (!isDate || Number.isNaN(instant.getTime()))
    refuse('ARGUMENTS_INVALID', 'Give a date such as 2026-03-01, or an instant such as 2026-03-01T12:00Z.', '--at')
  return instant
}

function languageOf(text = 'en'): Language {
  return (
    languages.find((language) => language === text) ?? refuse('ARGUMENTS_INVALID', 'There are en and ja.', '--lang')
  )
}
