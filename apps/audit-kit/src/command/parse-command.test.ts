import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { usage } from '../screen/usage.js'
import { KIT_VERSION } from '../version.js'
import { parseCommand } from './parse-command.js'

const parse = (...argv: string[]) => parseCommand(argv, { token: 'from the environment' })
const audit = ['--before', 'https://h/b', '--after', 'https://h/a', '--images', 'mine', '--held-out', 'other']

describe('what is typed', () => {
  it('is an audit with a policy that leaves nothing open', () => {
    expect(parse(...audit, '--margin', '0.2', '--seed', '5')).toMatchObject({
      kind: 'audit',
      before: 'https://h/b',
      method: 'alignment-calibration',
      token: 'from the environment',
      policy: { aucMargin: 0.2, seed: 5, resamples: 10_000, requiredTests: ['A2-difference-in-differences'] },
    })
  })
  it('prefers the token that was typed', () => {
    expect(parse(...audit, '--token', 'typed')).toMatchObject({ token: 'typed' })
  })
  it('may be nothing, which asks for help, or a folder to verify', () => {
    expect(parse().kind).toBe('help')
    expect(parse('verify', 'dir', '--key', 'k', '--lang', 'ja')).toEqual({
      kind: 'verify',
      folder: 'dir',
      key: 'k',
      language: 'ja',
    })
  })
  it.each([
    [['--befor', 'x']],
    [['--before', 'ftp://h']],
    [['--before', 'https://user:secret@h']],
    [['--alpha', 'x', ...audit]],
    [['--margin', '0.7', ...audit]],
    [['--view-strength', '2', ...audit]],
    [['--method', 'magic', ...audit]],
    [['--lang', 'de', ...audit]],
    [['verify']],
    [['verify', 'a', 'b']],
    [['audit']],
  ])('is refused when it cannot be meant: %j', (argv) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'ARGUMENTS_INVALID' }) as Error)
  })
  it('is refused by the name of the option that was typed', () => {
    for (const [option, value] of [
      ['--margin', '7'],
      ['--power', '2'],
      ['--utility-margin', '0'],
      ['--views', '1'],
    ])
      expect(() => parse(...audit, option as string, value as string)).toThrow(
        expect.objectContaining({ field: option }) as Error,
      )
  })
})

it('is explained, option by option', () => {
  const source = readFileSync(new URL('./parse-command.ts', import.meta.url), 'utf8')
  const known = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/gm)].map(([, name]) => name)
  expect(known.length).toBeGreaterThan(20)
  for (const name of known.filter((option) => option !== 'help' && option !== 'version'))
    expect(usage).toContain(`--${name}`)
})

it('carries the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(KIT_VERSION).toBe(version)
})
