import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { readSchema } from './read-schema'

const sdl = readFileSync(new URL('../../../../gateway/schema.graphql', import.meta.url), 'utf8')

it('finds every definition of the gateway schema, once and whole', () => {
  const expected = Object.keys(buildSchema(sdl).getTypeMap()).filter(
    (name) => !name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name),
  )
  const blocks = readSchema(sdl)
  expect(blocks.map(({ name }) => name).sort()).toEqual(expected.sort())
  // The pieces alone are a schema again.
  expect(() => buildSchema(blocks.map(({ source }) => source).join('\n'))).not.toThrow()
})

it('keeps what is said of a type', () => {
  expect(readSchema('"""\nA short\nword.\n"""\ntype A {\n  """\n  Inner.\n  """\n  b: Int\n}\nunion C = A')).toEqual([
    { kind: 'type', name: 'A', description: 'A short word.', source: 'type A {\n  """\n  Inner.\n  """\n  b: Int\n}' },
    { kind: 'union', name: 'C', description: '', source: 'union C = A' },
  ])
})
