import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql'

const unwrapped = (type) => (isNonNullType(type) ? type.ofType : type)
const isConnection = (type) => getNamedType(type).name.endsWith('Connection')
const isNeedy = ({ args }) => args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)

/**
 * What an operation asks for when nobody says so: every field of the thing itself, of its parts (types without an id)
 * theirs, and of other things their ids. Pages inside a thing, and fields that ask for another right than the operation
 * does, are left to documents of one's own; so are, in a list, lists of parts and what is costly to read.
 *
 * @param right the action that the operation asks for
 * @param access rights and costs of fields by `Type.field`
 */
export function selectFields(type, { schema, right, access }) {
  let isInList = false
  const mayAsk = (owner, field) => {
    const coordinate = `${owner.name}.${field.name}`
    if (![undefined, right].includes(access.fields[coordinate]) || isNeedy(field)) return false
    const isPlain = isLeafType(getNamedType(field.type)) || !isListType(unwrapped(field.type))
    return !isInList || (isPlain && access.costs[coordinate] === undefined)
  }

  const fieldsOf = (owner, ancestors) =>
    Object.values(owner.getFields())
      .filter((field) => mayAsk(owner, field))
      .map((field) => selectionOf(field, ancestors))
      .filter((selection) => selection !== null)
      .join(' ')

  const selectionOf = (field, ancestors) => {
    const named = getNamedType(field.type)
    if (isLeafType(named)) return field.name
    if (isConnection(named) || ancestors.includes(named)) return null
    const inner = isAThing(named) ? 'id' : membersOf(named, [...ancestors, named])
    return inner === '' ? null : `${field.name} { ${inner} }`
  }

  const membersOf = (named, ancestors) => {
    if (!isUnionType(named) && !isInterfaceType(named)) return fieldsOf(named, ancestors)
    const members = schema.getPossibleTypes(named)
    const own = isInterfaceType(named) ? fieldsOf(named, ancestors) : ''
    const spreads = members.map((member) => `... on ${member.name} { ${fieldsOf(member, [...ancestors, member])} }`)
    return `__typename ${own} ${isInterfaceType(named) ? '' : spreads.join(' ')}`
  }

  const named = getNamedType(type)
  if (!isCompositeType(named)) return ''
  if (isConnection(named) && !isListType(unwrapped(type))) {
    isInList = true
    const node = getNamedType(getNamedType(named.getFields().edges.type).getFields().node.type)
    const page = 'pageInfo { startCursor endCursor hasNextPage hasPreviousPage } totalCount'
    return `{ edges { cursor node { ${membersOf(node, [node])} } } ${page} }`
  }
  return `{ ${membersOf(named, [named])} }`
}

/** Things have an id of their own, whether or not they are nodes. */
const isAThing = (named) => 'getFields' in named && named.getFields().id !== undefined
