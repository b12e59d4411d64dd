import { defaultImageLimits } from './decode-image.js'
import { ingestSource } from './ingest-source.js'
import type { IngestedDataset, IngestOptions } from './intake.js'
import { MAX_JSON_BYTES, MemberPairs, splitName } from './pair-members.js'
import { readTar } from './read-tar.js'
import { parseSampleMetadata } from './sample-metadata.js'
import type { Fault, SourceSample } from './sources/sample-source.js'

/**
 * Reads a WebDataset tar as it is uploaded: `KEY.png|jpg|jpeg|webp`, each beside `KEY.json` with `SampleMetadata`,
 * in whatever order; nothing is assumed that the JSON does not say.
 * What cannot be used is quarantined with its reason and counted; the same bytes twice are kept once and counted.
 * Memory: the pack itself, one batch of pictures, and at most 64 MiB of halves that wait for each other.
 * @throws DomainError TAR_*, DATASET_*; the signal's reason when aborted.
 */
export const ingestWebDataset = (
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: IngestOptions,
): Promise<IngestedDataset> => ingestSource(readUpload(source), options)

async function* readUpload(source: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<SourceSample | Fault> {
  const pairs = new MemberPairs()
  const maxBytes = (name: string) =>
    splitName(name).extension === 'json' ? MAX_JSON_BYTES : defaultImageLimits.maxBytes
  for await (const member of readTar(source, maxBytes)) {
    const pair = pairs.add(member)
    if (pair === null) continue
    if ('reason' in pair) yield pair
    else yield describe(pair)
  }
  yield* pairs.leftovers()
}

function describe({
  key,
  picture,
  json,
}: {
  key: string
  picture: Uint8Array
  json: Uint8Array
}): SourceSample | Fault {
  const metadata = parseSampleMetadata(json)
  if (typeof metadata === 'string') return { key, reason: metadata }
  const { label, ...rest } = metadata
  return { key, picture, caption: label, ...rest }
}
