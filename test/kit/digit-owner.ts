import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { randomStream, shuffledIndices } from '@lethe/domain'
import { digitCount, digitLabel, digitPicture } from './digits.js'

/** See fixtures/README.md. */
export const digitEncoder = (name: 'original' | 'retrained'): Uint8Array =>
  readFileSync(new URL(`./fixtures/digit-encoder-${name}.safetensors`, import.meta.url))

const shares = { forget: [0, 64], retain: [64, 128], 'held-out': [128, 288] } as const

/** What an owner of digits has on disk: `forget`, `retain` and `held-out`, each with a folder per class. */
export async function writeOwnerFolders(folder: string): Promise<Record<keyof typeof shares, string>> {
  const order = shuffledIndices(digitCount, randomStream(5))
  for (const [name, [from, to]] of Object.entries(shares))
    for (const index of order.subarray(from, to)) {
      const classFolder = path.join(folder, name, String(digitLabel(index)))
      mkdirSync(classFolder, { recursive: true })
      writeFileSync(path.join(classFolder, `${index}.png`), await digitPicture(index))
    }
  return {
    forget: path.join(folder, 'forget'),
    retain: path.join(folder, 'retain'),
    'held-out': path.join(folder, 'held-out'),
  }
}
