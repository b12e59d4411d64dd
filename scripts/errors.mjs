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
    'The tenant has as many members as it may have, for an invitation those invited among them; have its bound raised.',
  SSO_REFUSED: 'The identity provider of your organisation did not sign you in; the message says why.',
  WEBHOOK_URL_INVALID: 'Deliveries are not sent to this address; the message says why.',
}

const codePattern = /^[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*$/
/** Functions of ours that make a refusal of a code, which is their first text; those that hand it to DomainError are found. */
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

const treeOf = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

const known = new WeakMap()
/** Every node of a tree, parents first. */
function nodesOf(tree) {
  if (known.has(tree)) return known.get(tree)
  const nodes = []
  const visit = (node) => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  known.set(tree, nodes)
  return nodes
}

/** The function that an identifier is a parameter of: what it is called, and the parameter's place. */
function parameterOf(identifier) {
  for (let node = identifier.parent; node; node = node.parent) {
    if (!ts.isFunctionLike(node)) continue
    const place = node.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === identifier.text)
    if (place >= 0) return { name: (node.name ?? node.parent.name)?.getText(), place }
  }
  return undefined
}

/** What a constant of the same source was set to. */
function constantOf(identifier) {
  for (const node of nodesOf(identifier.getSourceFile()))
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === identifier.text)
      return node.initializer
  return undefined
}

/** Whether a class is a DomainError by its own heading. */
const isOfDomain = (node) =>
  ts.isClassLike(node) &&
  (node.heritageClauses ?? []).some(({ types }) =>
    types.some(({ expression }) => expression.getText() === 'DomainError'),
  )

const isSuperOfDomain = (node) => {
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return false
  for (let around = node.parent; around; around = around.parent) if (ts.isClassLike(around)) return isOfDomain(around)
  return false
}

/** Where a DomainError gets its code from. */
const codesGiven = (tree) =>
  nodesOf(tree)
    .filter(
      (node) => (ts.isNewExpression(node) && node.expression.getText() === 'DomainError') || isSuperOfDomain(node),
    )
    .map(({ arguments: [code] }) => code)

/** The code of an error that there is already, taken out of it here or where the name `code` was given. */
function isTakenOn(node) {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'code'
  if (!ts.isIdentifier(node) || node.text !== 'code') return false
  const value = constantOf(node)
  return value === undefined || isTakenOn(value)
}

/** Functions and classes that hand one of their parameters to DomainError as its code: name, and the parameter's place. */
const makersIn = (tree) => [
  ...codesGiven(tree)
    .filter(ts.isIdentifier)
    .map(parameterOf)
    .filter((parameter) => parameter?.name !== undefined)
    .map(({ name, place }) => [name, place]),
  ...nodesOf(tree)
    .filter((node) => isOfDomain(node) && !node.members.some(ts.isConstructorDeclaration))
    .map(({ name }) => [name.text, 0]),
]

/** Codes that cannot be read from the source: neither written out, nor the parameter of a function that has a name. */
const unseenIn = (tree) =>
  codesGiven(tree).filter((code) => {
    if (literalsOf(code).length > 0 || isTakenOn(code)) return false
    return !ts.isIdentifier(code) || parameterOf(code)?.name === undefined
  })

/** The sentence of a message, of several the first; of a parameter, what a call of its function in this source gives. */
function sentenceOf(node) {
  if (node === undefined) return undefined
  if (ts.isConditionalExpression(node)) return sentenceOf(node.whenTrue) ?? sentenceOf(node.whenFalse)
  if (!ts.isIdentifier(node)) {
    const text = textOf(node)
    return isSentence(text) ? text : undefined
  }
  const parameter = parameterOf(node)
  if (parameter === undefined) {
    const value = constantOf(node)
    return value && !ts.isIdentifier(value) ? sentenceOf(value) : undefined
  }
  for (const call of nodesOf(node.getSourceFile())) {
    const isOne = ts.isCallExpression(call) && call.expression.getText() === parameter.name
    const given = isOne ? call.arguments[parameter.place] : undefined
    const sentence = given && !ts.isIdentifier(given) ? sentenceOf(given) : undefined
    if (sentence !== undefined) return sentence
  }
  return undefined
}

/** @returns {{ code: string, message?: string, status?: number, where?: string }[]} what one source refuses with */
function refusalsIn(tree, makers) {
  const found = []
  const fromCall = (node) => {
    const name = node.expression.getText(tree)
    const isMaker = makers.has(name)
    if (!isMaker && !refusing.test(name)) return
    const args = [...(node.arguments ?? [])]
    const isCode = (arg) => literalsOf(arg).some((text) => codePattern.test(text))
    const place = makers.get(name)
    const position = place === undefined ? args.findIndex(isCode) : args[place] && isCode(args[place]) ? place : -1
    if (position < 0 || position > 2) return
    const status = args.find(ts.isNumericLiteral)
    const message = args
      .slice(position + 1)
      .map(sentenceOf)
      .find(isSentence)
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
    const where = isMaker ? `${path.relative(root, tree.fileName)}:${line + 1}` : undefined
    for (const code of literalsOf(args[position]))
      found.push({ code, message, status: status && Number(status.text), where })
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
  const placeOf = (node) => {
    const tree = node.getSourceFile()
    return `${path.relative(root, tree.fileName)}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
  }
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
