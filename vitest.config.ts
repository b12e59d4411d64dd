import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

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

export default defineConfig({
  resolve: { conditions, alias: [{ find: /^graphql$/, replacement: graphql }] },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ['default', './test/kit/plain-line-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // They run in the order of their names: the longest files first, so that no worker is idle for long at the end.
    projects: [
      project('alone', true, (name) => !inOneProcess(name)),
      project('platform', false, (name) => inOneProcess(name) && platform.test(name)),
      project('pure', false, (name) => inOneProcess(name) && !platform.test(name)),
    ],
  },
})
