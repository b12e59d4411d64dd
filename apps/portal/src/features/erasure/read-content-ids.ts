export type ContentIds =
  { ok: true; contentIds: string[] } | { ok: false; problem: 'none' | 'malformed' | 'too-many'; example: string }

/** One request names at most this many pictures. */
const limit = 10_000

/** Reads SHA-256 digests from pasted text: one a line, or the first column of a CSV, with or without a head. */
export function readContentIds(text: string): ContentIds {
  const cells = text
    .split(/[\r\n]+/)
    .map((line) => (line.split(/[,;\t]/)[0] ?? '').trim().replace(/^"|"$/g, '').toLowerCase())
    .filter((cell, index) => cell !== '' && !(index === 0 && /^(content[_ -]?id|digest|sha-?256)$/.test(cell)))
  if (cells.length === 0) return { ok: false, problem: 'none', example: '' }
  const malformed = cells.find((cell) => !/^[0-9a-f]{64}$/.test(cell))
  if (malformed !== undefined) return { ok: false, problem: 'malformed', example: malformed.slice(0, 24) }
  const contentIds = [...new Set(cells)]
  return contentIds.length > limit
    ? { ok: false, problem: 'too-many', example: String(limit) }
    : { ok: true, contentIds }
}
