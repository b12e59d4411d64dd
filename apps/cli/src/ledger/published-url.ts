import { DomainError } from '@lethe/domain'
import type { PublishedLog } from '@lethe/ledger'

const timeoutMs = 30_000
/** A checkpoint has some hundred characters, a growth proof some thousand. */
const maxBytes = 1_000_000

/** A checkpoint folder that is served over HTTP as plain files. Nothing that comes from there is believed. */
export function publishedUrl(base: string): PublishedLog {
  const urlOf = (name: string): URL => new URL(name, base.endsWith('/') ? base : `${base}/`)
  return {
    latest: async () => {
      const note = await fetchText(urlOf('latest'))
      if (note === undefined)
        throw new DomainError('LOG_NOT_PUBLISHED', `${urlOf('latest').href} is not there (404).`, '--follow')
      return note
    },
    growth: (size) => fetchText(urlOf(`${size}.add-checkpoint`)),
  }
}

/** Undefined where there is nothing (404). */
async function fetchText(url: URL): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
  if (response.status === 404) return undefined
  if (!response.ok || response.body === null)
    throw new DomainError('LOG_NOT_PUBLISHED', `${url.href} answers ${response.status}.`, '--follow')
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes)
      throw new DomainError('LOG_NOT_PUBLISHED', `${url.href} is larger than a megabyte.`, '--follow')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
