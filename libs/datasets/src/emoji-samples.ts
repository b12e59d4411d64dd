import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import sharp from 'sharp'
import { contentId } from './content-id.js'
import { decodeImage } from './decode-image.js'
import { emojiFamily } from './emoji-family.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { perceptualHash, type PerceptualHash } from '@lethe/domain'

export interface EmojiSample {
  /** Code points in hex, joined by hyphens. */
  readonly key: string
  readonly label: string
  /** Unicode's group, such as `animals-nature`. */
  readonly group: string
  /** Twins (skin tone, gender) and look-alikes share one; it must not be torn apart between splits or owners. */
  readonly family: string
  /** PNG, 32 × 32 RGB on white. */
  readonly png: Uint8Array
}

/** Shown wherever the pictures are. */
export const EMOJI_ATTRIBUTION =
  'Pictures: Twemoji, © Twitter, Inc and other contributors, licensed under CC-BY 4.0 ' +
  '(https://creativecommons.org/licenses/by/4.0/), packaged as @twemoji/svg 15.0.0; rasterised to 32 × 32 pixels. ' +
  'Names and groups: emojibase-data 17.0.0, © Miles Johnson, MIT licence.'

const EDGE = 32
/** Four times the drawing's own 36 pixels, so that scaling down smooths edges. */
const DENSITY = 72 * 4
const BATCH = 32

interface EmojiEntry {
  readonly hexcode: string
  readonly label: string
  readonly group?: number
}

interface Picture {
  readonly png: Uint8Array
  readonly hash: PerceptualHash
}

const require = createRequire(import.meta.url)

async function readJson<T>(specifier: string): Promise<T> {
  return JSON.parse(await readFile(require.resolve(specifier), 'utf8')) as T
}

/**
 * Emoji with unique names and pictures, in Unicode's order, each person in the default skin tone only.
 * The same picture twice is kept once.
 */
export async function emojiSamples(): Promise<EmojiSample[]> {
  const entries = await readJson<EmojiEntry[]>('emojibase-data/en/data.json')
  const { groups } = await readJson<{ groups: Record<string, string> }>('emojibase-data/meta/groups.json')
  const collection = new Collection()
  for (let offset = 0; offset < entries.length; offset += BATCH) {
    const batch = entries.slice(offset, offset + BATCH)
    const pictures = await Promise.all(batch.map(({ hexcode }) => rasterise(hexcode)))
    batch.forEach((entry, i) => {
      const picture = pictures[i]
      if (picture) collection.add(entry, groups[String(entry.group)] ?? 'component', picture)
    })
  }
  return collection.finish()
}

/** Twemoji drops leading zeros, and the variation selector unless the sequence is joined. */
const fileNames = (hexcode: string): string[] => {
  const points = hexcode
    .toLowerCase()
    .split('-')
    .map((point) => point.replace(/^0+/, ''))
  return [points.join('-'), points.filter((point) => point !== 'fe0f').join('-')]
}

/** @returns null for an emoji newer than the set of drawings. */
async function rasterise(hexcode: string): Promise<Picture | null> {
  const folder = join(require.resolve('@twemoji/svg/package.json'), '..')
  for (const name of fileNames(hexcode)) {
    const svg = await readFile(join(folder, `${name}.svg`)).catch(() => null)
    if (!svg) continue
    const png = await sharp(svg, { density: DENSITY })
      .resize({ width: EDGE, height: EDGE, fit: 'contain', background: { r: 255, g: 255, b: 255, alpha: 0 } })
      .flatten({ background: { r: 255, g: 255, b: 255 } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    return { png, hash: perceptualHash(await decodeImage(png, EDGE), EDGE) }
  }
  return null
}

class Collection {
  readonly #samples: EmojiSample[] = []
  readonly #contents = new Set<string>()
  readonly #labels = new Set<string>()
  readonly #lookAlikes = new NearDuplicateIndex()
  /** Union–find over families, because a look-alike may belong to another family. */
  readonly #parents = new Map<string, string>()

  add({ hexcode, label }: EmojiEntry, group: string, { png, hash }: Picture): void {
    const content = contentId(png)
    if (this.#contents.has(content) || this.#labels.has(label)) return
    this.#contents.add(content)
    this.#labels.add(label)
    const family = emojiFamily(hexcode)
    const twin = this.#lookAlikes.add(hash)
    if (twin !== null) this.#join((this.#samples[twin] as EmojiSample).family, family)
    this.#samples.push({ key: hexcode.toLowerCase(), label, group, family, png })
  }

  finish(): EmojiSample[] {
    return this.#samples.map((sample) => ({ ...sample, family: this.#root(sample.family) }))
  }

  #root(family: string): string {
    const parent = this.#parents.get(family)
    return parent === undefined ? family : this.#root(parent)
  }

  #join(a: string, b: string): void {
    const [first, second] = [this.#root(a), this.#root(b)]
    if (first !== second) this.#parents.set(second, first)
  }
}
