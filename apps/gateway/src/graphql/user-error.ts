import { isDomainError } from '@lethe/domain'
import { Field, ObjectType } from 'type-graphql'
import { shape } from './node.js'

@ObjectType('UserError', {
  description: 'An expected refusal: `code` for machines, `message` says how to mend it, `field` names the input.',
})
export class UserError {
  @Field(() => String)
  code!: string

  @Field(() => String)
  message!: string

  @Field(() => String, { nullable: true })
  field?: string | null
}

/** The answer of a mutation: what the use case made, or its expected refusal as a value. Accidents pass through. */
export async function answerOf<T>(useCase: () => Promise<T>): Promise<T | UserError> {
  try {
    return await useCase()
  } catch (error) {
    if (!isDomainError(error)) throw error
    return shape(UserError, { code: error.code, message: error.message, field: error.field ?? null })
  }
}
