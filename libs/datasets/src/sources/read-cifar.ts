import { refuse } from '../errors.js'
import type { Split } from '../sample-metadata.js'
import type { Fault, SourceSample } from './sample-source.js'

const EDGE = 32
const PLANES = 3 * EDGE * EDGE
const kinds = {
  'cifar-10': { labels: [10] },
  /** Coarse before fine. */
  'cifar-100': { labels: [20, 100] },
} as const

export type CifarKind = keyof typeof kinds
export const cifarRecordBytes = (kind: CifarKind): number => kinds[kind].labels.length + PLANES

export interface CifarOptions {
  readonly kind: CifarKind
  /** Names the samples: `name/0`, `name/1`, … */
  readonly name: string
  readonly split?: Split | null
  /** Names of the classes by number (of CIFAR-100 the fine ones); the number itself where there is none. */
  readonly classes?: readonly string[]
}

/** Whether bytes at the start of a record can be its labels. */
export const areCifarLabels = (kind: CifarKind, record: Uint8Array): boolean =>
  kinds[kind].labels.every((count, i) => (record[i] ?? count) < count)

/**
 * Records of CIFAR-10 (label, planes R, G, B) or CIFAR-100 binary (coarse label, fine label, planes), however the
 * chunks fall. https://www.cs.toronto.edu/~kriz/cifar.html
 * @throws DomainError CIFAR_TRUNCATED when the last record is cut off.
 */
export async function* readCifar(
  chunks: AsyncIterable<Uint8Array>,
  { kind, name, split = null, classes = [] }: CifarOptions,
): AsyncGenerator<SourceSample | Fault> {
  const { labels } = kinds[kind]
  let row = 0
  for await (const record of recordsOf(chunks, kind, name)) {
    const key = `${name}/${row++}`
    if (!areCifarLabels(kind, record)) {
      yield { key, reason: `The labels ${record.subarray(0, labels.length).join(', ')} are none of ${kind}.` }
      continue
    }
    const label = record[labels.length - 1] as number
    const picture = { planes: record.subarray(labels.length), width: EDGE, height: EDGE }
    yield { key, picture, caption: null, group: classes[label] ?? String(label), owner: null, split }
  }
}

async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  kind: CifarKind,
  name: string,
): AsyncGenerator<Uint8Array> {
  const size = cifarRecordBytes(kind)
  let rest = new Uint8Array(0)
  let count = 0
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (; at + size <= bytes.length; at += size, count++) yield bytes.subarray(at, at + size)
    rest = bytes.slice(at)
  }
  if (rest.length > 0)
    refuse(
      'CIFAR_TRUNCATED',
      `${name} ends within record ${count}: ${rest.length} of ${size} bytes. Copy or download the file again.`,
    )
}
