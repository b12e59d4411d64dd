import DataLoader from 'dataloader'
import { isUuid } from './page.js'

/** One row by its key, or null. */
export const oneByKey = <Row>(load: (keys: string[]) => Promise<readonly Row[]>, keyOf: (row: Row) => string) =>
  new DataLoader<string, Row | null>(async (keys) => {
    const rows = new Map((await load([...keys])).map((row) => [keyOf(row), row]))
    return keys.map((key) => rows.get(key) ?? null)
  })

/** All rows of a key, in the order that they were loaded in; a row may be of several keys. */
export const manyByKey = <Row>(
  load: (keys: string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | readonly string[],
) =>
  new DataLoader<string, Row[]>(async (keys) => {
    const rows = new Map<string, Row[]>(keys.map((key) => [key, []]))
    for (const row of await load([...keys])) for (const key of [keyOf(row)].flat()) rows.get(key)?.push(row)
    return keys.map((key) => rows.get(key) ?? [])
  })

/** One row by its id, or null; a text that cannot be an id finds nothing. */
export const oneById = <Row extends { id: string }>(load: (ids: string[]) => Promise<readonly Row[]>) =>
  oneByKey<Row>(
    async (keys) => {
      const ids = keys.filter(isUuid)
      return ids.length === 0 ? [] : load(ids)
    },
    (row) => row.id,
  )

/** A row that a foreign key promises. */
export function required<Row>(row: Row | null): Row {
  if (row === null) throw new Error('A row that a foreign key promises is missing.')
  return row
}
