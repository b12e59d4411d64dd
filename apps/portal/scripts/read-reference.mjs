import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
  parse,
  print,
  astFromValue,
} from 'graphql'

const kindOf = (type) => {
  if (isObjectType(type)) return 'type'
  if (isInputObjectType(type)) return 'input'
  if (isInterfaceType(type)) return 'interface'
  if (isEnumType(type)) return 'enum'
  return isUnionType(type) ? 'union' : 'scalar'
}

const shared = ({ name, description, deprecationReason }) => ({
  name,
  description: (description ?? '').replaceAll(/\s+/g, ' '),
  ...(deprecationReason == null ? {} : { deprecated: deprecationReason }),
})

const argumentOf = (arg) => ({
  ...shared(arg),
  type: String(arg.type),
  ...(arg.defaultValue === undefined ? {} : { preset: print(astFromValue(arg.defaultValue, arg.type)) }),
})

/** Rows of the tables of docs/errors.md by chapter. */
function errorsIn(markdown) {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((chapter) => ({
      title: chapter.slice(0, chapter.indexOf('\n')),
      rows: [...chapter.matchAll(/^\| `([A-Z0-9_]+)` *\| *(\d*) *\| (.*?) *\|$/gm)].map(
        ([, code, status, message]) => ({
          code,
          status,
          message: message.replaceAll('\\|', '|'),
        }),
      ),
    }))
}

/**
 * What the API page shows, from the schema, the table of access, the page of errors, and the trusted documents.
 *
 * @param documents of whom each set of trusted documents is, to its SHA-256 and text
 */
export function readReference({ schema, access, errors, documents }) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const kinds = ['query', 'mutation', 'subscription']
  const fieldOf = (owner) => (field) => {
    const coordinate = `${owner.name}.${field.name}`
    const action = access.fields[coordinate]
    return {
      ...shared(field),
      type: String(field.type),
      arguments: (field.args ?? []).map(argumentOf),
      ...('defaultValue' in field && field.defaultValue !== undefined ? { preset: argumentOf(field).preset } : {}),
      ...(action === undefined || action === 'anyone' ? {} : { action }),
      cost: access.costs[coordinate] ?? 1,
    }
  }
  const texts = Object.values(documents.client)
  const exampleOf = (kind, name) => {
    const head = `${kind} ${name[0].toUpperCase()}${name.slice(1)}`
    const text = texts.find((candidate) => candidate.startsWith(head) && /[({]/.test(candidate[head.length]))
    return text === undefined ? '' : print(parse(text))
  }
  const operations = roots.flatMap((root, index) =>
    Object.values(root.getFields()).map((field) => ({
      kind: kinds[index],
      ...fieldOf(root)(field),
      example: exampleOf(kinds[index], field.name),
    })),
  )
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !roots.includes(type))
    .filter((type) => !(isScalarType(type) && ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map((type) => ({
      kind: kindOf(type),
      ...shared(type),
      fields: 'getFields' in type ? Object.values(type.getFields()).map(fieldOf(type)) : [],
      values: isEnumType(type) ? type.getValues().map(shared) : [],
      members: isUnionType(type) ? type.getTypes().map(({ name }) => name) : [],
    }))
  const trusted = Object.entries(documents).flatMap(([of, byHash]) =>
    Object.entries(byHash).map(([hash, text]) => ({
      of,
      hash,
      text,
      name: /(?:query|mutation|subscription) (\w+)/.exec(text)?.[1] ?? '',
    })),
  )
  return { operations, types, actions: access.actions, errors: errorsIn(errors), documents: trusted }
}
