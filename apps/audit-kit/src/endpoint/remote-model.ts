import type { AuditedModel, Embed } from '@lethe/audit'
import { refuse } from '../kit-error.js'
import { encodePlainPng } from '../pictures/encode-plain-png.js'
import type { AnswerLog, Question } from '../record/answer-log.js'
import { callEndpoint, routeOf, type CallOptions } from './call-endpoint.js'
import { readAnswer } from './read-answer.js'
import type { Endpoint, Representation } from './read-endpoint.js'

export interface RemoteModelOptions extends CallOptions {
  readonly log: AnswerLog
  /** Requests under way at once. */
  readonly parallel: number
  /** Told how many pictures or texts were answered, just now or earlier. */
  readonly onAnswered: (count: number) => void
}

/** Bytes of JSON around each picture. */
const FRAME_BYTES = 256

/**
 * The model behind an endpoint. Pictures are rounded to 8 bits, as every picture on disk is; endpoints before and after get the
 * very same bytes.
 */
export function remoteModel(
  endpoint: Endpoint,
  role: 'before' | 'after',
  options: RemoteModelOptions,
): Omit<AuditedModel, 'method'> {
  const { info, representation } = endpoint
  const embed =
    (kind: Representation): Embed =>
    (images) =>
      embedImages(endpoint, role, kind, images, options)
  const hasFeatures = representation === 'projection' && info.dimensions.features !== undefined
  return {
    label: role,
    role,
    embed: embed(representation),
    ...(info.weightsDigest == null ? {} : { attested: { digest: info.weightsDigest } }),
    ...(hasFeatures ? { embedFeatures: embed('features') } : {}),
    ...(info.texts ? { embedTexts: (texts) => embedTexts(endpoint, role, texts, options) } : {}),
  }
}

/** Largest request for a picture that does not shrink at all, in base64. */
export function picturesPerRequest({ imageSize, limits }: Endpoint['info']): number {
  const bytes = Math.ceil((imageSize * (3 * imageSize + 1)) / 3) * 4 + FRAME_BYTES
  return Math.max(1, Math.min(limits.imagesPerRequest, Math.floor(limits.bytesPerRequest / bytes)))
}

async function embedImages(
  endpoint: Endpoint,
  role: Question['role'],
  kind: Representation,
  images: Float32Array,
  options: RemoteModelOptions,
): Promise<Float32Array> {
  const { imageSize } = endpoint.info
  const size = imageSize * imageSize * 3
  const bytes = Uint8Array.from(images, (value) => Math.round(255 * Math.min(1, Math.max(0, value))))
  return inParts(images.length / size, picturesPerRequest(endpoint.info), options, (first, count) => {
    const content = bytes.subarray(first * size, (first + count) * size)
    return options.log.answer({ role, kind, count, content }, () => {
      const pngs = Array.from({ length: count }, (_, row) =>
        encodePlainPng(content.subarray(row * size, (row + 1) * size), imageSize).toString('base64'),
      )
      return ask(endpoint, routeOf(endpoint.url, 'embed', { representation: kind }), { images: pngs }, count, options)
    })
  })
}

async function embedTexts(
  endpoint: Endpoint,
  role: Question['role'],
  texts: readonly string[],
  options: RemoteModelOptions,
): Promise<Float32Array> {
  return inParts(texts.length, endpoint.info.limits.textsPerRequest, options, (first, count) => {
    const part = texts.slice(first, first + count)
    const content = Buffer.from(JSON.stringify(part))
    return options.log.answer({ role, kind: 'texts', count, content }, () =>
      ask(endpoint, routeOf(endpoint.url, 'embed-texts'), { texts: part }, count, options),
    )
  })
}

async function ask(
  { shownUrl, info }: Endpoint,
  url: string,
  body: unknown,
  count: number,
  options: RemoteModelOptions,
): Promise<Float32Array> {
  const { values, weightsDigest } = readAnswer(await callEndpoint(url, body, options), count)
  if (weightsDigest !== null && info.weightsDigest != null && weightsDigest !== info.weightsDigest)
    refuse(
      'ENDPOINT_CHANGED',
      `${shownUrl} now answers with other weights than when the audit began; audit an address that stays with one model.`,
    )
  return values
}

/** Asks part by part, some at once; answers in order, or none where the parts do not fit together. */
async function inParts(
  total: number,
  perRequest: number,
  { parallel, onAnswered, signal }: RemoteModelOptions,
  answer: (first: number, count: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  const starts = Array.from({ length: Math.ceil(total / perRequest) }, (_, part) => part * perRequest)
  const parts: { count: number; values: Float32Array }[] = []
  for (let next = 0; next < starts.length; next += parallel) {
    signal.throwIfAborted()
    const group = starts.slice(next, next + parallel).map(async (first) => {
      const count = Math.min(perRequest, total - first)
      const values = await answer(first, count)
      onAnswered(count)
      return { count, values }
    })
    parts.push(...(await Promise.all(group)))
  }
  return join(parts)
}

/** Empty, which no answer is, when a part is missing or has vectors of another length. */
function join(parts: readonly { count: number; values: Float32Array }[]): Float32Array {
  const dimensions = new Set(parts.map(({ count, values }) => values.length / count))
  if (dimensions.size !== 1) return new Float32Array(0)
  const joined = new Float32Array(parts.reduce((length, { values }) => length + values.length, 0))
  let offset = 0
  for (const { values } of parts) {
    joined.set(values, offset)
    offset += values.length
  }
  return joined
}
