// npm run schemas: JSON Schemas of every kind of evidence, as outsiders check statements with them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import prettier from 'prettier'
import { buildAll } from './build.mjs'

const folder = fileURLToPath(new URL('../schemas', import.meta.url))

await buildAll({ portal: false })
const { evidenceJsonSchemas } = await import('@lethe/domain')
rmSync(path.join(folder, 'evidence'), { recursive: true, force: true })
for (const [name, schema] of Object.entries(evidenceJsonSchemas())) {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  const options = await prettier.resolveConfig(file)
  writeFileSync(file, await prettier.format(JSON.stringify(schema), { ...options, filepath: file }))
}
