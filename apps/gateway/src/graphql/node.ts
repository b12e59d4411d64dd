import { Field, ID, InterfaceType } from 'type-graphql'

@InterfaceType('Node')
export abstract class Node {
  @Field(() => ID)
  id!: string
}

/** An instance of a GraphQL type: unions and interfaces tell their members apart by class. */
export const shape = <T extends object>(type: new () => T, fields: T): T => Object.assign(new type(), fields)
