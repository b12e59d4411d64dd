const dayMs = 86_400_000

/** The calendar day of an instant in a time zone, counted from 1970-01-01. */
function dayNumber(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(atMs)
  return Date.parse(`${parts}T00:00:00Z`) / dayMs
}

/** Whole calendar days from `fromMs` to `toMs` as somebody in `timeZone` counts them; negative once past. */
export const calendarDays = (fromMs: number, toMs: number, timeZone: string): number =>
  dayNumber(toMs, timeZone) - dayNumber(fromMs, timeZone)

/**
 * A deadline is given as the first instant after the time allowed, so that one at midnight names the day before: the last
 * instant that is still in time.
 */
export const lastInTime = (dueAt: string): Date => new Date(Date.parse(dueAt) - 1)

const unit = (locale: string, name: string, value: number, digits = 0): string =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value)

/** Two units at most: "31.4 sec", "3 min 14 sec", "2 hr 5 min". */
export function formatDuration(seconds: number, locale: string): string {
  if (seconds < 60) return unit(locale, 'second', seconds, seconds < 10 ? 1 : 0)
  const [large, small, ratio] =
    seconds < 3600 ? (['minute', 'second', 60] as const) : (['hour', 'minute', 3600] as const)
  const whole = Math.floor(seconds / ratio)
  const rest = Math.floor((seconds - whole * ratio) / (ratio === 60 ? 1 : 60))
  return rest === 0 ? unit(locale, large, whole) : `${unit(locale, large, whole)} ${unit(locale, small, rest)}`
}

/** Binary units, as operating systems count memory. */
export function formatBytes(bytes: number, locale: string): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(names.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: power === 0 ? 0 : 1 }).format(bytes / 1024 ** power)} ${names[power]}`
}
