import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { readInstant } from './instant.js'

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

const parseInstant = (value: unknown): Date =>
  (typeof value === 'string' ? readInstant(value) : null) ??
  refuse('Expected an ISO 8601 instant with a zone, such as 2026-01-31T09:00:00Z.')

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'ISO 8601 instant in UTC.',
  serialize: (value) => (value instanceof Date ? value.toISOString() : parseInstant(value).toISOString()),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined),
})

const parseDigest = (value: unknown): string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
    ? value
    : refuse('Expected a SHA-256 in lower-case hex (64 characters).')

export const DigestScalar = new GraphQLScalarType<string, string>({
  name: 'Digest',
  description: 'Lower-case hex SHA-256.',
  serialize: parseDigest,
  parseValue: parseDigest,
  parseLiteral: (node) => parseDigest(node.kind === Kind.STRING ? node.value : undefined),
})

const jsonLiteral = (node: ValueNode, variables?: Readonly<Record<string, unknown>> | null): unknown => {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map((value) => jsonLiteral(value, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, jsonLiteral(field.value, variables)]))
    case Kind.VARIABLE:
      return variables?.[node.name.value]
    default:
      return node.value
  }
}

export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'A JSON value whose shape is documented beside the field.',
  parseValue: (value) => value,
  parseLiteral: jsonLiteral,
})
