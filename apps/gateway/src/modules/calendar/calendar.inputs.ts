import { Field, InputType, Int } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'

@InputType('TermInput')
export class TermInput {
  @Field(() => String, { description: 'calendar-month, calendar-day, business-day, hour or business-hour.' })
  unit!: string

  @Field(() => Int)
  count!: number
}

@InputType('WorkingHoursInput')
export class WorkingHoursInput {
  @Field(() => [Int], { description: 'ISO weekdays, 1 Monday to 7 Sunday.' })
  weekdays!: number[]

  @Field(() => String, { description: 'Such as 09:00, on the wall clock of the time zone.' })
  from!: string

  @Field(() => String)
  to!: string
}

@InputType('ContractTermsInput')
export class ContractTermsInput {
  @Field(() => TermInput, { nullable: true, description: 'By when receipt is confirmed.' })
  acknowledge?: TermInput | null

  @Field(() => TermInput)
  period!: TermInput

  @Field(() => TermInput, { nullable: true })
  extension?: TermInput | null

  @Field(() => Boolean, { defaultValue: false })
  pauses!: boolean

  @Field(() => Boolean, { defaultValue: true })
  rollsOverHolidays!: boolean

  @Field(() => WorkingHoursInput)
  workingHours!: WorkingHoursInput
}

@InputType('SetTenantCalendarInput')
export class SetTenantCalendarInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String, { description: 'IANA time zone, such as Europe/Berlin.' })
  timeZone!: string

  @Field(() => [String], { description: 'Days (YYYY-MM-DD) that are not worked, besides the week’s own.' })
  holidays!: string[]

  @Field(() => String, { description: 'The rule of requests to come.' })
  statuteId!: string

  @Field(() => ContractTermsInput, {
    nullable: true,
    description: 'New terms make a new version; left out, the newest stay.',
  })
  contractTerms?: ContractTermsInput | null
}

@InputType('RecordListAccessInput')
export class RecordListAccessInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => DateTime, { nullable: true, description: 'When it was fetched, if earlier than now.' })
  fetchedAt?: Date | null
}
