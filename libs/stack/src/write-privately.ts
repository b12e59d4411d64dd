import { renameSync, writeFileSync } from 'node:fs'

/** Appears whole or not at all, readable by its owner only. */
export function writePrivately(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
