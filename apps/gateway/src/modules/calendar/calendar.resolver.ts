import { Arg, createUnionType, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { RecordListAccessInput, SetTenantCalendarInput } from './calendar.inputs.js'
import { readTenantCalendar } from './calendar.reads.js'
import { HolidayPreset, TenantCalendar } from './calendar.types.js'
import { readHolidayPreset } from './holiday-preset.js'
import { recordListAccess } from './record-list-access.js'
import { setTenantCalendar } from './set-tenant-calendar.js'

const TenantCalendarResult = createUnionType({
  name: 'TenantCalendarResult',
  types: () => [TenantCalendar, UserError] as const,
})

@Resolver()
export class CalendarResolver {
  @Requires('sla:read')
  @Query(() => TenantCalendar)
  tenantCalendar(@Ctx() context: Context) {
    return readTenantCalendar(context.scope())
  }

  @Requires('sla:read')
  @Query(() => HolidayPreset, {
    description: 'Public holidays as a first table for a tenant to correct; which of them count is the law’s to say.',
  })
  holidayPreset(
    @Arg('years', () => [Int]) years: number[],
    @Arg('country', () => String, { nullable: true }) country: string | undefined,
    @Arg('region', () => String, { nullable: true }) region: string | undefined,
    @Arg('language', () => String, { defaultValue: 'en' }) language: string,
  ) {
    return readHolidayPreset({ country: country ?? null, region: region ?? null, years, language })
  }

  @Requires('clock:write')
  @Mutation(() => TenantCalendarResult, {
    description: 'By what clocks count that start from now on; running clocks keep theirs.',
  })
  setTenantCalendar(
    @Arg('input', () => SetTenantCalendarInput) input: SetTenantCalendarInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      await setTenantCalendar(scope, input)
      return readTenantCalendar(scope)
    })
  }

  @Requires('clock:write')
  @Mutation(() => TenantCalendarResult, {
    description: 'The list of California’s deletion platform was fetched; it is due again within 45 days.',
  })
  recordListAccess(@Arg('input', () => RecordListAccessInput) input: RecordListAccessInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      await recordListAccess(scope, input)
      return readTenantCalendar(scope)
    })
  }
}
