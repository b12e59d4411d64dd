interface DueThing {
  readonly id: string
  readonly title: string
  /** Exclusive end of the time allowed. */
  readonly dueAt: string
  readonly url: string
}

const stamp = (at: Date): string =>
  at
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d{3}/, '')

/** RFC 5545 § 3.3.11. */
const text = (value: string): string => value.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')

/** RFC 5545 § 3.1: a line has 75 octets at most; what follows goes on the next, after a space. */
function fold(line: string): string {
  const lines: string[] = []
  let [current, octets] = ['', 0]
  for (const character of line) {
    const size = new TextEncoder().encode(character).length
    if (octets + size > 74) {
      lines.push(current)
      ;[current, octets] = [' ', 1]
    }
    current += character
    octets += size
  }
  return [...lines, current].join('\r\n')
}

/** Deadlines as an iCalendar file: the last hour of the time allowed, which calendars show in their own zone. */
export function deadlinesIcs(things: readonly DueThing[], now: Date): string {
  const events = things.flatMap(({ id, title, dueAt, url }) => [
    'BEGIN:VEVENT',
    `UID:${id}@lethe`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(new Date(Date.parse(dueAt) - 3_600_000))}`,
    `DTEND:${stamp(new Date(dueAt))}`,
    `SUMMARY:${text(title)}`,
    `URL:${url}`,
    'END:VEVENT',
  ])
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Lethe//Deadlines//EN', ...events, 'END:VCALENDAR', '']
  return lines.map(fold).join('\r\n')
}
