const dayMs = 86_400_000

/** Weeks from Monday (days as YYYY-MM-DD) that a month (YYYY-MM) has days in. */
export function monthGrid(month: string): string[][] {
  const first = Date.parse(`${month}-01T00:00:00Z`)
  const [year = 0, number = 1] = month.split('-').map(Number)
  const last = Date.UTC(year, number, 0)
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * dayMs
  const weeks = Math.ceil((last - monday + dayMs) / (7 * dayMs))
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => new Date(monday + (week * 7 + day) * dayMs).toISOString().slice(0, 10)),
  )
}
