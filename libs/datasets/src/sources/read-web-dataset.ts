import { contentId } from '../content-id.js'
import { defaultImageLimits } from '../decode-image.js'
import { DigestSet } from '../digest-set.js'
import { refuse } from '../errors.js'
import { MAX_JSON_BYTES, pictureTypes, splitName } from '../pair-members.js'
import { readTar, type TarMember } from '../read-tar.js'
import { cleanKey, cutText, MAX_KEY } from './cut-text.js'
import { describeRow, type ColumnNames } from './describe-row.js'
import type { Fault, SourceSample } from './sample-source.js'

/** The files of one sample, by what they are. */
interface Sample {
  readonly key: string
  readonly extensions: string[]
  readonly parts: Map<Part, TarMember>
  twice: boolean
}

type Part = 'picture' | 'json' | 'text' | 'class'
const textTypes: Readonly<Record<string, Part>> = { json: 'json', txt: 'text', caption: 'text', cls: 'class' }
const partOf = (extension: string): Part | undefined =>
  pictureTypes.has(extension) ? 'picture' : Object.hasOwn(textTypes, extension) ? textTypes[extension] : undefined

/**
 * A WebDataset tar as others write it: `KEY.png|jpg|jpeg|webp` and, next to it, any of `KEY.json`, `KEY.txt` (caption)
 * and `KEY.cls` (class); further files of a sample are passed over. The house's own format is read as well.
 * @throws DomainError TAR_*.
 */
export async function* readWebDataset(
  chunks: Uint8Array | AsyncIterable<Uint8Array>,
  columns: ColumnNames = {},
): AsyncGenerator<SourceSample | Fault> {
  const names = new Names()
  for await (const sample of samplesOf(chunks)) {
    const fault = faultIn(sample)
    if (names.isKnown(sample, fault === null))
      yield { key: cleanKey(sample.key), reason: 'A second sample of the same name.' }
    else yield fault ?? describe(sample, columns)
  }
}

async function* samplesOf(chunks: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Sample> {
  const maxBytes = (name: string) =>
    partOf(splitName(name).extension) === 'picture' ? defaultImageLimits.maxBytes : MAX_JSON_BYTES
  let sample: Sample | null = null
  for await (const member of readTar(chunks, maxBytes)) {
    const { key, extension } = splitName(member.name)
    if (sample !== null && sample.key !== key) {
      yield sample
      sample = null
    }
    sample ??= { key, extensions: [], parts: new Map(), twice: false }
    if (sample.extensions.length < 10) sample.extensions.push(cutText(extension, 20))
    const part = partOf(extension)
    if (part === undefined) continue
    sample.twice ||= sample.parts.has(part)
    sample.parts.set(part, member)
  }
  if (sample !== null) yield sample
}

function faultIn({ key, parts, extensions, twice }: Sample): Fault | null {
  const fault = (reason: string): Fault => ({ key: cleanKey(key), reason })
  if (key === '' || key.length > MAX_KEY) return fault(`The name must have 1 to ${MAX_KEY} characters.`)
  if (!parts.has('picture'))
    return fault(`There is no picture (png, jpg, webp) beside it, only ${extensions.join(', ') || 'no extension'}.`)
  if (twice) return fault('Two files of the sample are of the same kind.')
  for (const { bytes, size } of parts.values())
    if (bytes === null) return fault(`The file has ${size} bytes, more than are read.`)
  return null
}

function describe({ key, parts }: Sample, columns: ColumnNames): SourceSample | Fault {
  try {
    const text = (part: Part) => new TextDecoder('utf-8', { fatal: true }).decode(parts.get(part)?.bytes ?? undefined)
    const row = new Map<string, unknown>(Object.entries(JSON.parse(parts.has('json') ? text('json') : '{}') as object))
    // A label in words describes the picture, as in the house's own format; a number names the class.
    const label = row.get('label')
    if (typeof label === 'string' && !row.has('caption')) row.set('caption', label).delete('label')
    const description = describeRow(row, columns)
    if (typeof description === 'string') return { key: cleanKey(key), reason: description }
    return {
      key: cleanKey(key),
      picture: parts.get('picture')?.bytes as Uint8Array,
      ...description,
      caption: description.caption ?? (cutText(text('text').trim(), 512) || null),
      group: description.group ?? (cutText(text('class').trim(), 128) || null),
    }
  } catch {
    return { key: cleanKey(key), reason: 'The text beside the picture cannot be parsed as UTF-8 or JSON.' }
  }
}

/** Names seen so far, in bounded memory, to find samples whose files lie apart. */
class Names {
  readonly #whole = new DigestSet()
  readonly #parts = new DigestSet()

  /** @throws DomainError TAR_ORDER when files of one sample lie apart: what they say of it would be lost. */
  isKnown({ key, parts }: Sample, isWhole: boolean): boolean {
    const digest = contentId(Buffer.from(key))
    const lacksPicture = !parts.has('picture')
    if (this.#parts.has(digest) || (lacksPicture && this.#whole.has(digest)))
      refuse('TAR_ORDER', `The files of ${cleanKey(key)} lie apart. Sort the archive by name and write it again.`)
    if (lacksPicture) this.#parts.add(digest)
    return !lacksPicture && !this.#whole.add(digest) && isWhole
  }
}
