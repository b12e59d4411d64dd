import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Workspaces resolve to their TypeScript sources, so no build stands between a change and its test. These also reach Node's
// own resolver, where 'import' would hand ES modules to require().
const conditions = ['source', 'node']
// Node gives every importer the CommonJS build of graphql; a second copy in the tests would refuse the first one's types.
const graphql = createRequire(import.meta.url).resolve('graphql')

const tests = ['libs', 'services', 'apps', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts') && !/\/(node_modules|dist|\.next)\//.test(name)),
)

/** What files of one process would see of each other: modules and methods that are replaced, settings, what Node says once. */
const changesItsProcess =
  /\bvi\.(mock|doMock|spyOn|stub\w+|useFakeTimers)\b|\bprocess\.(on\b|once\b|chdir|exitCode =|env\[)/
/** Whose time goes into processes that they start, or whose native parts are one for a process. */
const startsProcesses =
  /^(test\/(?!vectors|reference)|services\/(compute|embedding)|libs\/(device|engine|stack)|apps\/cli)/
const inOneProcess = (name: string) =>
  !startsProcesses.test(name) && !changesItsProcess.test(readFileSync(name, 'utf8'))
const platform = /^(apps\/gateway|services\/registrar|libs\/(artifacts|bus|db))\//

/** A process of its own for each file, or few processes that go through all of them and import the world once. */
const project = (name: string, isolate: boolean, takes: (name: string) => boolean): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, isolate, include: tests.filter(takes) },
})

/** Files that take minutes begin first, so that none of them is the last to run, alone. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(portal|flows)\//.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  resolve: { conditions, alias: [{ find: /^graphql$/, replacement: graphql }] },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './test/kit/plain-line-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongFirst },
    // They run in the order of their names.
    projects: [
      project('alone', true, (name) => !inOneProcess(name)),
      project('platform', false, (name) => inOneProcess(name) && platform.test(name)),
      project('pure', false, (name) => inOneProcess(name) && !platform.test(name)),
    ],
  },
})
