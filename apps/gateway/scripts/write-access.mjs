// npm run access-table: access.json, what each field of the schema asks of whoever calls. The portal's reference and the
// client package are made of it.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import prettier from 'prettier'
import { buildAll } from '../../../scripts/build.mjs'

const file = fileURLToPath(new URL('../access.json', import.meta.url))

await buildAll({ portal: false })
const { createSchema } = await import('../dist/graphql/build-schema.js')
const { accessTable } = await import('../dist/graphql/access-table.js')
const options = await prettier.resolveConfig(file)
writeFileSync(file, await prettier.format(JSON.stringify(accessTable(createSchema())), { ...options, filepath: file }))
