// Types and documents of every operation of the API, from the gateway's schema. Same schema, same bytes.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import * as operationTypes from '@graphql-codegen/typescript-operations'
import * as schemaTypes from '@graphql-codegen/typescript'
import { astFromValue, buildSchema, getNamedType, parse, print, stripIgnoredCharacters, validate } from 'graphql'
import { selectFields } from './select-fields.mjs'

const gateway = new URL('../../../apps/gateway/', import.meta.url)
const output = fileURLToPath(new URL('../src/generated/', import.meta.url))
const sdl = readFileSync(new URL('schema.graphql', gateway), 'utf8')
const schema = buildSchema(sdl)
const access = JSON.parse(readFileSync(new URL('access.json', gateway), 'utf8'))

const capital = (name) => name[0].toUpperCase() + name.slice(1)

function documentOf(kind, root, field) {
  const variables = field.args.map((arg) => {
    const preset = arg.defaultValue === undefined ? '' : ` = ${print(astFromValue(arg.defaultValue, arg.type))}`
    return `$${arg.name}: ${arg.type}${preset}`
  })
  const passed = field.args.map(({ name }) => `${name}: $${name}`)
  const list = (items) => (items.length === 0 ? '' : `(${items.join(', ')})`)
  const selection = selectFields(field.type, { schema, access, right: access.fields[`${root.name}.${field.name}`] })
  return print(parse(`${kind} ${capital(field.name)}${list(variables)} { ${field.name}${list(passed)} ${selection} }`))
}

const operations = [
  ['query', schema.getQueryType()],
  ['mutation', schema.getMutationType()],
  ['subscription', schema.getSubscriptionType()],
].flatMap(([kind, root]) =>
  Object.values(root.getFields()).map((field) => {
    const text = documentOf(kind, root, field)
    const hash = createHash('sha256').update(stripIgnoredCharacters(text)).digest('hex')
    const input = field.args.find((arg) => arg.name === 'input')
    const isKeyed = input !== undefined && 'idempotencyKey' in getNamedType(input.type).getFields()
    return { kind, name: field.name, text, hash, isKeyed }
  }),
)

const documents = operations.map(({ name, text }) => ({ location: name, document: parse(text), rawSDL: text }))
for (const { location, document } of documents)
  for (const problem of validate(schema, document)) throw new Error(`${location}: ${problem.message}`)

const types = await codegen({
  filename: 'types.ts',
  schema: parse(sdl),
  schemaAst: schema,
  documents,
  config: {
    enumsAsTypes: true,
    skipTypename: true,
    useTypeImports: true,
    avoidOptionals: { field: true, object: false, inputValue: false, defaultValue: false },
    maybeValue: 'T | null',
    inputMaybeValue: 'T | null | undefined',
    omitOperationSuffix: false,
    dedupeOperationSuffix: false,
    scalars: { DateTime: 'string', Digest: 'string', JSON: 'unknown', ID: 'string' },
  },
  plugins: [{ schemaTypes: {} }, { operationTypes: {} }],
  pluginMap: { schemaTypes, operationTypes },
})

const operationsModule = [
  '/** Every operation of the schema, with what it asks for when nobody says so. */',
  "import { operation } from '../operation.js'",
  "import type * as t from './types.js'",
  ...['query', 'mutation', 'subscription'].flatMap((kind) => [
    '',
    `export const ${kind} = {`,
    ...operations
      .filter((candidate) => candidate.kind === kind)
      .map(({ name, text, hash, isKeyed }) => {
        const typed = `t.${capital(name)}${capital(kind)}`
        const document = JSON.stringify(stripIgnoredCharacters(text))
        return `  ${name}: operation<'${name}', ${typed}, ${typed}Variables>('${kind}', '${name}', ${document}, '${hash}', ${isKeyed}),`
      }),
    '} as const',
  ]),
  '',
].join('\n')

const trusted = Object.fromEntries(operations.map(({ hash, text }) => [hash, stripIgnoredCharacters(text)]))
mkdirSync(output, { recursive: true })
writeFileSync(`${output}types.ts`, types)
writeFileSync(`${output}operations.ts`, operationsModule)
writeFileSync(`${output}persisted-documents.json`, `${JSON.stringify(trusted, null, 2)}\n`)
console.log(`${operations.length} operations`)
