import type { OutsideCheckpoint, OutsideLog, PublishedLog } from '@lethe/ledger'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const readIfThere = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

/** What was published of one log into a folder, as it is now: sizes at once, contents when they are asked for. */
export function outsideLog(folder: string): OutsideLog {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const sizes = names
    .filter((name) => /^(0|[1-9]\d{0,15})$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
  return {
    async *checkpoints(): AsyncGenerator<OutsideCheckpoint> {
      for (const size of sizes) {
        const place = path.join(folder, String(size))
        yield { size, place, note: readFileSync(place, 'utf8'), growth: readIfThere(`${place}.add-checkpoint`) }
      }
    },
    latest() {
      const place = path.join(folder, 'latest')
      const note = readIfThere(place)
      return note === undefined ? undefined : { note, place }
    },
  }
}

/** The same for a witness, who takes one step at a time. */
export const publishedFolder = (folder: string): PublishedLog => ({
  latest: () => Promise.resolve(readFileSync(path.join(folder, 'latest'), 'utf8')),
  growth: (size) => Promise.resolve(readIfThere(path.join(folder, `${size}.add-checkpoint`))),
})
