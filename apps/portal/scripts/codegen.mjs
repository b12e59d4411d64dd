// Turns every GraphQL document under src into typed strings in src/gql. Same documents and schema, same bytes.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import { preset } from '@graphql-codegen/client-preset'
import { buildSchema, parse, validate } from 'graphql'
import { readReference } from './read-reference.mjs'

const portal = join(dirname(fileURLToPath(import.meta.url)), '..')
const schemaPath = join(portal, '../gateway/schema.graphql')
const outputPath = join(portal, 'src/gql')

const sdl = readFileSync(schemaPath, 'utf8')
const schema = parse(sdl)
const documents = listDocuments(join(portal, 'src')).map((path) => {
  const rawSDL = readFileSync(path, 'utf8')
  return { location: relative(portal, path), document: parse(rawSDL), rawSDL }
})

const problems = validate(buildSchema(sdl), {
  kind: 'Document',
  definitions: documents.flatMap(({ document }) => document.definitions),
})
if (problems.length > 0) {
  for (const problem of problems) console.error(String(problem))
  process.exit(1)
}

const sections = await preset.buildGeneratesSection({
  baseOutputDir: `${outputPath}/`,
  schema,
  schemaAst: buildSchema(sdl),
  documents,
  config: {
    documentMode: 'string',
    enumsAsTypes: true,
    useTypeImports: true,
    skipTypename: false,
    scalars: { DateTime: 'string', Digest: 'string', JSON: 'unknown', ID: 'string' },
  },
  presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
  plugins: [],
  pluginMap: {},
  pluginContext: {},
})

mkdirSync(outputPath, { recursive: true })
const written = new Set()
for (const section of sections) {
  const content = await codegen({ ...section, cache: undefined })
  const path = section.filename
  written.add(path)
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content)
}
// The API page shows the schema, who may ask for what, every error and every trusted document.
const read = (path) => readFileSync(join(portal, path), 'utf8')
const reference = readReference({
  schema: buildSchema(sdl),
  access: JSON.parse(read('../gateway/access.json')),
  errors: read('../../docs/errors.md'),
  documents: {
    portal: JSON.parse(read('src/gql/persisted-documents.json')),
    client: JSON.parse(read('../../libs/client/src/generated/persisted-documents.json')),
  },
})
const referenceModule = `import type { Reference } from '@/features/reference/reference-data'

export const reference: Reference = ${JSON.stringify(reference)}
`
const referencePath = join(outputPath, 'reference.ts')
if (!existsSync(referencePath) || readFileSync(referencePath, 'utf8') !== referenceModule)
  writeFileSync(referencePath, referenceModule)
rmSync(join(outputPath, 'sdl.ts'), { force: true })
console.log(`${documents.length} files of documents, ${written.size + 1} generated files`)

/** Sorted, so that the output does not depend on the order of the file system. */
function listDocuments(root) {
  return readdirSync(root, { recursive: true })
    .filter((path) => path.endsWith('.graphql'))
    .sort()
    .map((path) => join(root, path))
}
