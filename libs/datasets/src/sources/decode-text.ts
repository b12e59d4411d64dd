import { refuse } from '../errors.js'

/**
 * UTF-8, piece by piece, without a byte order mark.
 * @throws DomainError LIST_UNREADABLE for other encodings.
 */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      return refuse('LIST_UNREADABLE', `${name} is not UTF-8 text; save it as UTF-8.`)
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  yield decode()
}
