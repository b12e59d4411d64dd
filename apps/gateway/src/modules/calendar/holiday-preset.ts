import { DomainError } from '@lethe/domain'
import Holidays from 'date-holidays'
import { shape } from '../../graphql/node.js'
import { Holiday, HolidayPreset, HolidayRegion } from './calendar.types.js'

const MAX_YEARS = 5

/**
 * Public holidays of a country, or of a part of one, as a first table for a tenant to correct: which of them count for a
 * deadline is the law's to say. Without a country, only the countries that are known.
 *
 * @throws DomainError COUNTRY_UNKNOWN, INVALID_INPUT
 */
export function readHolidayPreset(input: {
  country: string | null
  region: string | null
  years: readonly number[]
  language: string
}): HolidayPreset {
  const { country, region, years, language } = input
  if (years.length < 1 || years.length > MAX_YEARS || years.some((year) => year < 2000 || year > 2100))
    throw new DomainError('INVALID_INPUT', `Ask for 1 to ${MAX_YEARS} years from 2000 to 2100.`, 'years')
  const all = new Holidays()
  const countries = namesOf(all.getCountries(language))
  if (country === null) return shape(HolidayPreset, { regions: regionsOf(countries), holidays: [] })
  if (!Object.hasOwn(countries, country))
    throw new DomainError('COUNTRY_UNKNOWN', 'Send an ISO 3166 code of two letters, such as DE.', 'country')
  const parts = namesOf(all.getStates(country, language))
  if (region !== null && !Object.hasOwn(parts, region))
    throw new DomainError('COUNTRY_UNKNOWN', 'This country has no such part; leave it out or choose another.', 'region')
  const table = region === null ? new Holidays(country) : new Holidays(country, region)
  return shape(HolidayPreset, { regions: regionsOf(parts), holidays: years.flatMap((year) => publicDays(table, year)) })
}

const namesOf = (table: unknown): Readonly<Record<string, string>> => (table ?? {}) as Readonly<Record<string, string>>

const regionsOf = (names: Readonly<Record<string, string>>): HolidayRegion[] =>
  Object.entries(names).map(([code, name]) => shape(HolidayRegion, { code, name }))

function publicDays(table: Holidays, year: number): Holiday[] {
  const found = table.getHolidays(year).filter(({ type }) => type === 'public')
  const days = new Map(found.map(({ date, name }) => [date.slice(0, 10), name]))
  return [...days].map(([day, name]) => shape(Holiday, { day, name }))
}
