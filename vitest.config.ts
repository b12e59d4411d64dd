import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

// Workspaces resolve to their TypeScript sources, so no build stands between a change and its test. These also reach Node's
// own resolver, where 'import' would hand ES modules to require().
const conditions = ['source', 'node']
// Node gives every importer the CommonJS build of graphql; a second copy in the tests would refuse the first one's types.
const graphql = createRequire(import.meta.url).resolve('graphql')
const globalSetup = 'test/kit/global-setup.ts'

export default defineConfig({
  resolve: { conditions, alias: [{ find: /^graphql$/, replacement: graphql }] },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{libs,services,apps}/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
    reporters: ['default', './test/kit/plain-line-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...(existsSync(globalSetup) ? { globalSetup } : {}),
  },
})
