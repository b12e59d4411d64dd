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

  @Field(() => DateTime, { nullable: true, description: 'While it is set, the tenant can only be read.' })
  suspendedAt!: Date | null

  @Field(() => String, { nullable: true, description: 'What the platform says why.' })
  suspendedReason!: string | null
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

  @Field(() => DateTime, {
    nullable: true,
    description: 'Of an external auditor: when the last access to a case ends. Null where none holds, and for others.',
  })
  casesUntil!: Date | null

  @Field(() => [String], {
    description: 'Names of the actions that this viewer may do, as in the table of roles.',
  })
  actions!: string[]
}
