import { Field, ID, Int, ObjectType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'

@ObjectType('Term', { description: 'A length of time as rules state it.' })
export class TermType {
  @Field(() => String, { description: 'calendar-month, calendar-day, business-day, hour or business-hour.' })
  unit!: string

  @Field(() => Int)
  count!: number
}

@ObjectType('WorkingHours')
export class WorkingHours {
  @Field(() => [Int], { description: 'ISO weekdays, 1 Monday to 7 Sunday.' })
  weekdays!: readonly number[]

  @Field(() => String)
  from!: string

  @Field(() => String)
  to!: string
}

@ObjectType('Statute', { description: 'A rule as data: the newest version, or the terms of a contract.' })
export class Statute {
  @Field(() => String)
  statuteId!: string

  @Field(() => Int)
  version!: number

  @Field(() => String)
  citation!: string

  @Field(() => TermType, { nullable: true, description: 'By when receipt is confirmed.' })
  acknowledge!: TermType | null

  @Field(() => TermType)
  period!: TermType

  @Field(() => TermType, { nullable: true, description: 'How far it may be extended, once, with notice inside it.' })
  extension!: TermType | null

  @Field(() => Boolean)
  pauses!: boolean

  @Field(() => Boolean)
  rollsOverHolidays!: boolean

  @Field(() => String, { description: 'What becomes of a request whose person cannot be verified.' })
  unverifiable!: string

  @Field(() => TermType, { nullable: true, description: 'How often the list of requests must be fetched.' })
  access!: TermType | null

  @Field(() => WorkingHours)
  workingHours!: WorkingHours
}

@ObjectType('ListAccess', { description: 'When the list of California’s deletion platform was fetched last.' })
export class ListAccess {
  @Field(() => DateTime)
  fetchedAt!: Date

  @Field(() => DateTime, { description: 'By when it is to be fetched again.' })
  nextDueAt!: Date

  @Field(() => Boolean)
  isLate!: boolean
}

@ObjectType('TenantCalendar', {
  description: 'By what clocks count that start from now on; running clocks keep theirs.',
})
export class TenantCalendar {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  timeZone!: string

  @Field(() => [String], { description: 'Days (YYYY-MM-DD) that are not worked, besides the week’s own.' })
  holidays!: string[]

  @Field(() => String)
  statuteId!: string

  @Field(() => [Statute], {
    description: 'Rules that this tenant can choose from; its contract among them once it has terms.',
  })
  statutes!: Statute[]

  @Field(() => ListAccess, { nullable: true, description: 'Null while no fetch is on record.' })
  listAccess!: ListAccess | null
}

@ObjectType('Holiday')
export class Holiday {
  @Field(() => String)
  day!: string

  @Field(() => String)
  name!: string
}

@ObjectType('HolidayRegion')
export class HolidayRegion {
  @Field(() => String, { description: 'ISO 3166 code of a country, or of a part of one.' })
  code!: string

  @Field(() => String)
  name!: string
}

@ObjectType('HolidayPreset')
export class HolidayPreset {
  @Field(() => [HolidayRegion], { description: 'Parts of the country that was asked for; countries where none was.' })
  regions!: HolidayRegion[]

  @Field(() => [Holiday])
  holidays!: Holiday[]
}
