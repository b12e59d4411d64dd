import { Role } from '@lethe/domain'
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

@ObjectType('Member', { implements: Node, description: 'A person who belongs to the tenant; the id is theirs.' })
export class Member extends Node {
  @Field(() => String)
  name!: string

  @Field(() => String)
  email!: string

  @Field(() => Role.enum)
  role!: Role

  @Field(() => DateTime)
  joinedAt!: Date

  @Field(() => Boolean)
  isViewer!: boolean
}

export const MemberConnection = connectionType(Member, 'Member')

@ObjectType('MembershipChange', { description: 'Read in order, these say who had which role when.' })
export class MembershipChange {
  userId!: string
  actorId!: string | null

  @Field(() => ID)
  id!: string

  @Field(() => Role.enum, { nullable: true, description: 'Null: joined.' })
  previousRole!: Role | null

  @Field(() => Role.enum, { nullable: true, description: 'Null: left.' })
  role!: Role | null

  @Field(() => DateTime)
  at!: Date

  @Field(() => Int, { nullable: true, description: 'Sequence number of its evidence; null until it is on record.' })
  evidenceSeq!: number | null
}

export const MembershipChangeConnection = connectionType(MembershipChange, 'MembershipChange')

@ObjectType('RemovedMember')
export class RemovedMember {
  @Field(() => ID)
  userId!: string
}

@InputType('ChangeMemberRoleInput')
export class ChangeMemberRoleInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  userId!: string

  @Field(() => Role.enum)
  role!: Role
}

@InputType('RemoveMemberInput')
export class RemoveMemberInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  userId!: string
}
