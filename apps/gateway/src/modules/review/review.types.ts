import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'

export const FindingSeverity = { note: 'note', minor: 'minor', major: 'major' } as const
export type FindingSeverity = keyof typeof FindingSeverity
registerEnumType(FindingSeverity, { name: 'FindingSeverity' })

export const SignOffOutcome = { accepted: 'accepted', rejected: 'rejected' } as const
export type SignOffOutcome = keyof typeof SignOffOutcome
registerEnumType(SignOffOutcome, { name: 'SignOffOutcome' })

@ObjectType('AuditorFinding', {
  description: 'What an external auditor noted about a request; an entry of the evidence.',
})
export class AuditorFinding {
  @Field(() => Int, { description: 'Inside the request, from 1.' })
  number!: number

  @Field(() => FindingSeverity)
  severity!: FindingSeverity

  @Field(() => String)
  statement!: string

  @Field(() => Int)
  evidenceSeq!: number

  @Field(() => DateTime)
  at!: Date
}

@ObjectType('AuditorSignOff', {
  description:
    'An external auditor accepted or rejected what a closed request has on record; an entry of the evidence.',
})
export class AuditorSignOff {
  @Field(() => SignOffOutcome)
  outcome!: SignOffOutcome

  @Field(() => [Int], { description: 'Numbers of the findings that were on record then.' })
  findings!: number[]

  @Field(() => Int)
  evidenceSeq!: number

  @Field(() => DateTime)
  at!: Date
}
