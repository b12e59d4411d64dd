import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseOptions, type IConfiguration, type IFlattenedRuleSet } from 'dependency-cruiser'

const root = join(import.meta.dirname, '../..')
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as IConfiguration

export const ruleNames = (config.forbidden ?? []).map(({ name }) => name ?? '')

/** Files by path. A package outside stands for itself as an empty file under node_modules. */
export type Files = Readonly<Record<string, string>>

export interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** A toy house with the workspaces' names and package.json, in which the repository's own rules are applied. */
export async function violationsIn(
  workspaces: readonly string[],
  outside: readonly string[],
  files: Files,
): Promise<Violation[]> {
  const house = mkdtempSync(join(tmpdir(), 'lethe-boundaries-'))
  try {
    build(house, workspaces, outside, files)
    const { forbidden } = config as { forbidden: IFlattenedRuleSet['forbidden'] }
    const {
      tsConfig: _,
      enhancedResolveOptions,
      ...options
    } = config.options as ICruiseOptions & Record<string, unknown>
    const { output } = await cruise(
      ['apps', 'services', 'libs', 'test'],
      { ...options, baseDir: house, validate: true, ruleSet: { forbidden } } as ICruiseOptions,
      enhancedResolveOptions,
    )
    if (typeof output === 'string') throw new Error('The cruise gave a report instead of a result.')
    return output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  } finally {
    rmSync(house, { recursive: true })
  }
}

function build(house: string, workspaces: readonly string[], outside: readonly string[], files: Files): void {
  const dependencies = Object.fromEntries(outside.map((name) => [name, '*']))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  write('package.json', JSON.stringify({ name: 'toy', devDependencies: { vitest: '*' } }))
  for (const name of [...outside, 'vitest', 'undeclared']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  mkdirSync(join(house, 'node_modules/@lethe'), { recursive: true })
  for (const workspace of workspaces) {
    const name = `@lethe/${workspace.split('/').at(-1) ?? ''}`
    const exports = { '.': { source: './src/index.ts', default: './dist/index.js' } }
    write(`${workspace}/package.json`, JSON.stringify({ name, exports, dependencies }))
    write(`${workspace}/src/index.ts`, 'export const here = true\n')
    symlinkSync(join(house, workspace), join(house, 'node_modules', name))
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
}
