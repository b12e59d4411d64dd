// npm run errors: docs/errors.md, every code with which something is refused, taken from the sources that refuse. The
// tests say when the page is stale.
//   --check FILE   writes nothing, and fails where FILE differs
//   --source FILE  writes nothing, and fails where FILE has a code that the page could not show
// Either way it fails where a source makes a code that is not seen, or one that no sentence goes with.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import prettier from 'prettier'
import { isSentence, makersIn, placeOf, refusalsIn, treeOf, unseenIn } from './read-refusals.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const page = path.join(root, 'docs/errors.md')

/** Where a code is met, in the order of the page; a code stands where it is found first. */
const chapters = [
  {
    title: 'Requests and operations',
    note: 'Met at `/graphql`, `/graphql/stream` and `/v1`, before or around the use case.',
    folders: ['apps/gateway/src/graphql', 'apps/gateway/src/http', 'apps/gateway/src/server.ts'],
  },
  {
    title: 'Signing in, members, keys',
    note: 'Met at `/auth` and in what is about people.',
    folders: [
      'apps/gateway/src/identity',
      'apps/gateway/src/access',
      'apps/gateway/src/open-identity.ts',
      'libs/mail/src',
    ],
  },
  {
    title: 'Use cases',
    note: 'Met as `UserError` of a mutation, or as an error of a query.',
    folders: ['apps/gateway/src/modules', 'libs/db/src', 'libs/domain/src'],
  },
  {
    title: 'Embedding endpoint',
    note: 'Met at `/v1/models/…/embed` ([protocol](embedding-protocol.md)).',
    folders: ['services/embedding/src'],
  },
  {
    title: 'Runs that failed',
    note: 'Met as `Run.failure.code`.',
    folders: [
      'services/compute',
      'libs/engine',
      'libs/learning',
      'libs/datasets',
      'libs/safetensors',
      'libs/device',
      'libs/bus',
    ].map((folder) => `${folder}/src`),
  },
  {
    title: 'Background work, evidence, audits',
    note: 'Met as reasons of a request that is blocked, of a bundle, a delivery or a report, and by whoever runs a log.',
    folders: ['services/registrar', 'libs/artifacts', 'libs/ledger', 'libs/audit'].map((folder) => `${folder}/src`),
  },
]

/** Codes that stand for many messages, and those of libraries. */
const inGeneral = {
  BAD_REQUEST: 'The request is not understood here; the message says why and what to send.',
  BAD_USER_INPUT: 'A variable or literal does not have its type; the message says which.',
  BODY_INVALID: 'The body is not JSON in whole UTF-8, nests too deep, or holds U+0000; the message says which.',
  FORBIDDEN: 'Your role does not allow this; ask an owner of your tenant.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL; the message says where.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema; the message says where.',
  INTERNAL_SERVER_ERROR: 'Something went wrong on our side; quote the correlation id when you report it.',
  INVALID_INPUT: 'The input that `field` names is not understood; the message says why.',
  QUOTA_MEMBERS:
    'The tenant has as many members as it may have, for an invitation those invited among them; have its bound raised.',
  SSO_REFUSED: 'The identity provider of your organisation did not sign you in; the message says why.',
  WEBHOOK_URL_INVALID: 'Deliveries are not sent to this address; the message says why.',
}

function sourcesIn(folder) {
  const file = path.join(root, folder)
  if (folder.endsWith('.ts')) return [file]
  return readdirSync(file, { recursive: true })
    .filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|\.d\.ts$|testing|generated/.test(name))
    .sort()
    .map((name) => path.join(file, name))
}

/** @returns the chapters with their rows, each code once. */
function collectErrors(asked) {
  const met = new Map()
  const read = asked.map((chapter) => ({ ...chapter, trees: chapter.folders.flatMap(sourcesIn).map(treeOf) }))
  const makers = new Map([['DomainError', 0], ...read.flatMap(({ trees }) => trees.flatMap(makersIn))])
  return read.map(({ trees, ...chapter }) => {
    const rows = []
    for (const tree of trees)
      for (const { code, message, status, where } of refusalsIn(tree, makers)) {
        const row = met.get(code) ?? { code }
        row.where ??= where
        if (!met.has(code)) rows.push(row)
        met.set(code, row)
        if (isSentence(message)) row.message ??= message
        if (status >= 400 && status < 600) row.status ??= status
      }
    return { ...chapter, rows, unseen: trees.flatMap(unseenIn) }
  })
}

/** What the sources say that the page could not show. */
function hiddenIn(collected) {
  return collected.flatMap(({ rows, unseen }) => [
    ...unseen.map(
      (node) => `${placeOf(node)}: write the code out, or hand it in as the parameter of a named function.`,
    ),
    ...rows
      .filter(({ code, where, message }) => where !== undefined && !message && !inGeneral[code])
      .map(
        ({ code, where }) =>
          `${where}: no sentence goes with ${code}; write one there, or say it in scripts/errors.mjs.`,
      ),
  ])
}

/** Whatever is wrong with a document itself. */
const isOfDocument = (code) => /^(QUERY_TOO|GRAPHQL|DOCUMENT|OPERATION_RESOLUTION)_/.test(code)

const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()

async function renderErrors(collected) {
  const chaptersOf = collected.map(({ title, note, rows }) => {
    const lines = rows
      .filter(({ message, status, code }) => message || status || inGeneral[code])
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(
        ({ code, status, message }) =>
          `| \`${code}\` | ${status ?? (isOfDocument(code) ? 400 : '')} | ${cell(inGeneral[code] ?? message ?? '')} |`,
      )
    return `## ${title}\n\n${note}\n\n| code | HTTP | what it says |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  const text = `# Errors

Every refusal has a code for machines and a message that says how to mend it; this page lists them all. It is made of the
sources (\`npm run errors\`); where a message has a figure or a name, the page has \`…\`.

Where they are met:

- **GraphQL**: \`errors[].extensions.code\`, with \`field\` where one input is meant. Mutations answer expected refusals as a value instead, a \`UserError\` with \`code\`, \`message\` and \`field\`.
- **Plain HTTP** (\`/v1\`): \`{ "code", "message", "field"? }\` with the status beside it.
- **Accidents** are \`INTERNAL_SERVER_ERROR\` with a \`correlationId\`, under which the log tells why; nothing else is told.

The status is that of the answer as \`application/graphql-response+json\`. As \`application/json\`, a well-formed request whose document cannot be run has status 200.

${chaptersOf.join('\n')}`
  return prettier.format(text, { ...(await prettier.resolveConfig(page)), filepath: page })
}

/** Codes of a page's tables. */
const codesOf = (text) => new Set([...text.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code]) => code))

/** What a page lacks, and what it has too much. */
function differences(written, made) {
  const [there, wanted] = [codesOf(written), codesOf(made)]
  const missing = [...wanted].filter((code) => !there.has(code)).map((code) => `Not on the page: ${code}`)
  const unused = [...there].filter((code) => !wanted.has(code)).map((code) => `Refuses nothing any more: ${code}`)
  if (missing.length + unused.length > 0) return [...missing, ...unused]
  return written === made ? [] : ['The page says something else than the sources.']
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { check: { type: 'string' }, source: { type: 'string' } } })
  const alone = values.source && [{ title: '', note: '', folders: [path.relative(root, values.source)] }]
  const collected = collectErrors(alone ?? chapters)
  const wrong = hiddenIn(collected)
  if (values.source === undefined) {
    const made = await renderErrors(collected)
    if (values.check === undefined) writeFileSync(page, made)
    else wrong.push(...differences(readFileSync(values.check, 'utf8'), made))
  }
  for (const each of wrong) {
    console.error(each)
    process.exitCode = 1
  }
}
