interface Described {
  name: string
  description: string
  /** Why, and from which day on it may be gone. */
  deprecated?: string
}

export interface ReferenceArgument extends Described {
  type: string
  /** Its value when none is given, as GraphQL. */
  preset?: string
}

export interface ReferenceField extends Described {
  type: string
  arguments: ReferenceArgument[]
  preset?: string
  /** What one must be allowed to do; without one, nothing more than for what it belongs to. */
  action?: string
  /** In fields, without what is asked of the thing. */
  cost: number
}

export interface ReferenceOperation extends ReferenceField {
  kind: 'query' | 'mutation' | 'subscription'
  /** A document that asks for all of it. */
  example: string
}

export interface ReferenceType extends Described {
  kind: 'type' | 'input' | 'interface' | 'enum' | 'union' | 'scalar'
  fields: ReferenceField[]
  values: Described[]
  members: string[]
}

/** The API as the portal describes it; made of the gateway's schema when the portal is built. */
export interface Reference {
  operations: ReferenceOperation[]
  types: ReferenceType[]
  actions: Record<string, { roles: string[]; isForKeys: boolean }>
  errors: { title: string; rows: { code: string; status: string; message: string }[] }[]
  documents: { of: 'portal' | 'client'; hash: string; text: string; name: string }[]
}

/** Whether every word that is looked for occurs somewhere in what is searched. */
export function isWanted(wanted: string, ...texts: (string | undefined)[]): boolean {
  const searched = texts.join(' ').toLowerCase()
  return wanted
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word))
}
