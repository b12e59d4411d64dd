import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'

const folder = path.resolve(import.meta.dirname, '../../schemas')

/** Published schemas by their file's name inside `schemas/`. */
export const readSchemas = (): Map<string, object> =>
  new Map(
    readdirSync(folder, { recursive: true })
      .map((name) => String(name).replaceAll(path.sep, '/'))
      .filter((name) => name.endsWith('.schema.json'))
      .sort()
      .map((name) => [name, JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as object]),
  )

/** What an independent JSON Schema validator finds wrong with a statement, by the published schemas; [] where nothing. */
export function createSchemaCheck(): (body: string) => string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, formats: fullFormats })
  for (const schema of readSchemas().values()) ajv.addSchema(schema)
  return (body) => {
    const statement = JSON.parse(body) as { predicateType?: string }
    const kind = statement.predicateType?.replace('https://lethe.dev/evidence/', '')
    const validate = ajv.getSchema(`https://lethe.dev/schemas/evidence/${kind}.schema.json`)
    if (!validate) return [`${kind}: no schema is published`]
    if (validate(statement)) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${kind}${instancePath}: ${message}`)
  }
}
