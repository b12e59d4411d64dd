import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql'

@ObjectType('PageInfo')
export class PageInfo {
  @Field(() => String, { nullable: true })
  startCursor!: string | null

  @Field(() => String, { nullable: true })
  endCursor!: string | null

  @Field(() => Boolean)
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether the page was asked for with `after`; pages are read forwards.' })
  hasPreviousPage!: boolean
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 20 })
  first!: number

  @Field(() => String, { nullable: true })
  after?: string | null
}

export interface Edge<T> {
  cursor: string
  node: T
}

export interface Connection<T> {
  edges: Edge<T>[]
  pageInfo: PageInfo
  /** Of the whole list. Asked only where a client asks for it: counting costs more than a page the longer a list gets. */
  count: () => Promise<number>
}

/** Relay connection over a node type: `<name>Edge` and `<name>Connection`. */
export function connectionType<T extends object>(nodeType: ClassType<T>, name: string): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`)
  class EdgeOf implements Edge<T> {
    @Field(() => String)
    cursor!: string

    @Field(() => nodeType)
    node!: T
  }

  @ObjectType(`${name}Connection`)
  class ConnectionOf implements Connection<T> {
    @Field(() => [EdgeOf])
    edges!: EdgeOf[]

    @Field(() => PageInfo)
    pageInfo!: PageInfo

    count!: () => Promise<number>

    @Field(() => Int)
    totalCount(): Promise<number> {
      return this.count()
    }
  }

  return ConnectionOf
}
