import { type Action, isForKeys, mayDo, Role } from '@lethe/domain'
import { type GraphQLSchema, isObjectType } from 'graphql'
import { costOfField } from './limits.js'
import { requirementOf } from './requires.js'

/** What the schema asks of whoever calls, in a form that documents and clients are made of. */
export interface AccessTable {
  /** `Type.field` → the action that it asks for; `anyone` asks for none. Fields that are missing ask for nothing more. */
  readonly fields: Readonly<Record<string, string>>
  /** `Type.field` → what it costs itself, where that is more than 1. */
  readonly costs: Readonly<Record<string, number>>
  readonly actions: Readonly<Record<string, { readonly roles: readonly Role[]; readonly isForKeys: boolean }>>
}

export function accessTable(schema: GraphQLSchema): AccessTable {
  const fields: Record<string, string> = {}
  const costs: Record<string, number> = {}
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType))
    for (const field of Object.values(type.getFields())) {
      const requirement = requirementOf(field.extensions)
      if (type.name.startsWith('__')) continue
      if (requirement !== undefined) fields[`${type.name}.${field.name}`] = requirement
      if (costOfField(field) > 1) costs[`${type.name}.${field.name}`] = costOfField(field)
    }
  const actions = [...new Set(Object.values(fields))].filter((name) => name !== 'anyone') as Action[]
  return {
    fields: sorted(fields),
    costs: sorted(costs),
    actions: sorted(
      Object.fromEntries(
        actions.map((action) => [
          action,
          { roles: Role.options.filter((role) => mayDo(role, action)), isForKeys: isForKeys(action) },
        ]),
      ),
    ),
  }
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
