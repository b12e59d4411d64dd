// npm run errors: docs/errors.md, every code with which something is refused, taken from the sources that refuse. The
// tests say when the page is stale.
//   --check FILE   writes nothing, and fails where FILE differs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import prettier from 'prettier'
import ts from 'typescript'

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
    'The tenant has as many members as it may have, pending invitations among them; ask the platform for more.',
  SSO_REFUSED: 'The identity provider of your organisation did not sign you in; the message says why.',
}

const codePattern = /^[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*$/
/** Functions of ours that make a refusal of a code, which is their first text. */
const refusing = /^(refusal|refuse|error|reports|exceeded|missing|inconclusive|graphqlRefusal|[a-zA-Z]*Error|super)$/

/** The text of a literal, with … for what is filled in. */
function textOf(node) {
  if (node === undefined) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`
  }
  return undefined
}

const isSentence = (text) => text !== undefined && /\s/.test(text) && text.replaceAll('…', '').trim().length > 3

/** @returns {{ code: string, message?: string, status?: number }[]} what one source refuses with */
function refusalsIn(source, file = 'source.ts') {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found = []
  const fromCall = (node) => {
    const name = node.expression.getText(tree)
    if (!refusing.test(name)) return
    const args = [...(node.arguments ?? [])]
    const position = args.findIndex((arg) => literalsOf(arg).some((text) => codePattern.test(text)))
    if (position < 0 || position > 2) return
    const status = args.find(ts.isNumericLiteral)
    const message = args
      .slice(position + 1)
      .map(textOf)
      .find(isSentence)
    for (const code of literalsOf(args[position])) found.push({ code, message, status: status && Number(status.text) })
  }
  const fromObject = (node) => {
    const member = (name) => node.properties.find((property) => property.name?.getText(tree) === name)?.initializer
    const code = member('code')
    const status = member('status') ?? statusIn(member('http'))
    const around = node.parent?.parent?.parent
    const message =
      textOf(member('message')) ?? (around && ts.isNewExpression(around) ? textOf(around.arguments?.[0]) : undefined)
    for (const text of code ? literalsOf(code) : [])
      found.push({
        code: text,
        message,
        status: status && ts.isNumericLiteral(status) ? Number(status.text) : undefined,
      })
  }
  const fromStatusTable = (node) => {
    for (const { name, initializer } of node.properties)
      if (name && initializer && ts.isNumericLiteral(initializer) && codePattern.test(name.getText(tree)))
        found.push({ code: name.getText(tree), status: Number(initializer.text) })
  }
  const statusIn = (node) =>
    node && ts.isObjectLiteralExpression(node)
      ? node.properties.find((property) => property.name?.getText(tree) === 'status')?.initializer
      : undefined
  const visit = (node) => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) fromCall(node)
    if (ts.isObjectLiteralExpression(node)) {
      fromObject(node)
      fromStatusTable(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found.filter(({ code }) => codePattern.test(code))
}

function literalsOf(node) {
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)] : []
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
function collectErrors() {
  const met = new Map()
  return chapters.map((chapter) => {
    const rows = []
    for (const file of chapter.folders.flatMap(sourcesIn))
      for (const { code, message, status } of refusalsIn(readFileSync(file, 'utf8'), file)) {
        const row = met.get(code) ?? { code }
        if (!met.has(code)) rows.push(row)
        met.set(code, row)
        if (isSentence(message)) row.message ??= message
        if (status >= 400 && status < 600) row.status ??= status
      }
    return { ...chapter, rows }
  })
}

/** Whatever is wrong with a document itself. */
const isOfDocument = (code) => /^(QUERY_TOO|GRAPHQL|DOCUMENT|OPERATION_RESOLUTION)_/.test(code)

const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()

async function renderErrors() {
  const chaptersOf = collectErrors().map(({ title, note, rows }) => {
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
  const { values } = parseArgs({ options: { check: { type: 'string' } } })
  const made = await renderErrors()
  if (values.check === undefined) writeFileSync(page, made)
  else
    for (const difference of differences(readFileSync(values.check, 'utf8'), made)) {
      console.error(difference)
      process.exitCode = 1
    }
}
