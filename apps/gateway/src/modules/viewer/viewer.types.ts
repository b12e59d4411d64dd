import { Role } from '@lethe/domain'
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

registerEnumType(Role.enum, { name: 'Role' })

@ObjectType('Tenant', { implements: Node })
export class Tenant extends Node {
  @Field(() => String)
  name!: string

  @Field(() => String)
  slug!: string

  @Field(() => String)
  timeZone!: string

  @Field(() => DateTime)
  createdAt!: Date
}

@ObjectType('Viewer')
export class Viewer {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  email!: string

  @Field(() => String)
  name!: string

  @Field(() => Role.enum)
  role!: Role

  @Field(() => [String], {
    description: 'Names of the actions that this viewer may do, as in the table of roles.',
  })
  actions!: string[]
}
