import { decodeImage } from '@lethe/datasets'
import { openDevice, type BackendChoice } from '@lethe/device'
import { DomainError, isDomainError } from '@lethe/domain'
import { loadEmbedder, type Embedder, type Representation } from '@lethe/learning'
import { Option, type Command } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import { assertOneOf, backendOption, withExamples } from '../files/command-options.js'
import { openEmbeddingWriter, type EmbeddingWriter } from '../files/embedding-writer.js'
import { findPictures } from '../files/find-pictures.js'
import { readModelDirectory } from '../files/model-directory.js'
import { prepareBackend } from '../files/open-engine.js'
import { showProgress } from '../files/show-progress.js'

interface EmbedOptions {
  readonly out: string
  readonly texts?: string
  readonly representation: Representation
  readonly skipUnreadable?: boolean
  readonly backend?: BackendChoice
}

/** Decoded and embedded at once. */
const BATCH = 128

export function registerEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description('embed pictures, or texts with a CLIP model')
    .argument('<model>', 'a folder that lethe train, unlearn or model import wrote')
    .argument('[images...]', 'PNG, JPEG and WebP files, and folders of them')
    .requiredOption('--out <file>', 'ends in .safetensors (one tensor, names in its metadata) or .jsonl')
    .option('--texts <file>', 'embed the lines of this file instead of pictures')
    .addOption(
      new Option('--representation <name>', 'of pictures; texts lie in the space of projections')
        .choices(['features', 'projection'])
        .default('features'),
    )
    .option('--skip-unreadable', 'leave out pictures that cannot be decoded, and count them')
    .addOption(backendOption())
    .action(embed)
  withExamples(command, [
    'lethe embed model pictures/ --out embeddings.safetensors',
    'lethe embed model a.png b.jpg --representation projection --out embeddings.jsonl',
    'lethe embed clip-model --texts captions.txt --out texts.safetensors',
  ])
}

async function embed(directory: string, images: readonly string[], options: EmbedOptions): Promise<void> {
  assertOneOf({ images: images.length > 0 ? images : undefined, '--texts': options.texts })
  const { checkpoint, manifest } = readModelDirectory(directory, 'model')
  const texts = options.texts === undefined ? null : readLines(options.texts)
  const pictures = findPicturesOf(images)
  await openDevice(await prepareBackend(options.backend, (line) => void process.stderr.write(`${line}\n`)))
  const embedder = loadEmbedder(checkpoint.weights)
  const representation = texts === null ? options.representation : 'projection'
  const dimension = representation === 'features' ? embedder.dimension : embedder.projectionDimension
  const head = { weights: manifest.checkpoint.weights.digest, representation, dimension }
  const writer = openEmbeddingWriter(options.out, head)
  try {
    const count =
      texts === null
        ? await embedPictures(embedder, pictures, { ...options, writer })
        : await embedTexts(embedder, texts, writer)
    writer.finish()
    process.stdout.write(`${count} embeddings of ${dimension} numbers in ${options.out}\n`)
  } catch (error) {
    writer.abandon()
    throw error
  } finally {
    embedder.dispose()
  }
}

const findPicturesOf = (images: readonly string[]): string[] => (images.length === 0 ? [] : findPictures(images))

async function embedPictures(
  embedder: Embedder,
  files: readonly string[],
  { representation, skipUnreadable, writer }: EmbedOptions & { writer: EmbeddingWriter },
): Promise<number> {
  const { height, width } = embedder
  if (height !== width)
    throw new DomainError(
      'MODEL_INVALID',
      `The model takes ${height}×${width} pictures; only squares are fitted.`,
      'model',
    )
  const progress = showProgress()
  let skipped = 0
  try {
    for (let first = 0; first < files.length; first += BATCH) {
      const part = files.slice(first, first + BATCH)
      const decoded = await Promise.all(part.map((file) => decode(file, height, skipUnreadable === true)))
      const readable = part.flatMap((name, at) => (decoded[at] === null ? [] : [name]))
      const pictures = decoded.flatMap((picture) => picture ?? [])
      skipped += part.length - readable.length
      if (readable.length > 0) writer.add(readable, await embedder.embed(joined(pictures), representation))
      progress.update({
        phase: 'embed',
        fraction: Math.min(1, (first + BATCH) / files.length),
        step: first + part.length,
      })
    }
  } finally {
    progress.stop()
  }
  if (skipped > 0)
    process.stderr.write(`${skipped} of ${files.length} pictures could not be decoded and were left out.\n`)
  if (skipped === files.length)
    throw new DomainError('PICTURES_UNREADABLE', 'None of the pictures could be decoded; nothing is written.', 'images')
  return files.length - skipped
}

/** Null where a picture may be left out. */
async function decode(file: string, size: number, maySkip: boolean): Promise<Uint8Array | null> {
  try {
    return await decodeImage(readFileSync(file), size)
  } catch (error) {
    if (!isDomainError(error)) throw error
    if (maySkip) return null
    throw new DomainError(error.code, `${error.message} Or leave it out with --skip-unreadable.`, file)
  }
}

function joined(pictures: readonly Uint8Array[]): Uint8Array {
  const size = pictures[0]?.length ?? 0
  const all = new Uint8Array(pictures.length * size)
  pictures.forEach((picture, at) => all.set(picture, at * size))
  return all
}

function readLines(file: string): string[] {
  if (!existsSync(file)) throw new DomainError('TEXTS_MISSING', `There is no file ${file}.`, '--texts')
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  if (lines.length > 0) return lines
  throw new DomainError('TEXTS_MISSING', `${file} holds no line of text.`, '--texts')
}

async function embedTexts(embedder: Embedder, texts: readonly string[], writer: EmbeddingWriter): Promise<number> {
  if (embedder.embedTexts === null)
    throw new DomainError('TEXTS_UNSUPPORTED', 'This model has no text tower; only CLIP models embed texts.', '--texts')
  writer.add(texts, await embedder.embedTexts(texts))
  return texts.length
}
