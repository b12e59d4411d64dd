import { DomainError, type Digest } from '@lethe/domain'
import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { blobName, digestOf, verified, type ArtifactStore } from './artifact-store.js'

export interface HttpStoreOptions {
  /** Where blobs are served, http://registrar:4300 */
  readonly url: string
  readonly grant: string
  /** How long an absent service is waited for before it counts as an accident. */
  readonly patienceMs?: number
  /** Once it aborts nothing is waited for any more; what is asked then is asked once. */
  readonly signal?: AbortSignal
  /** One transfer that takes longer counts as lost. */
  readonly transferMs?: number
}

/** What a worker does to blobs. */
export type WorkerStore = Pick<ArtifactStore, 'get' | 'put' | 'delete'>

const Refusal = z.object({ code: z.string(), message: z.string(), field: z.string().optional() })
const Deleted = z.object({ deleted: z.boolean() })

/** Blobs as one grant reaches them. A refusal is a DomainError; a service that cannot be reached is an accident. */
export function httpStore(options: HttpStoreOptions): WorkerStore {
  const { patienceMs = 60_000, signal } = options
  const ask = async (method: string, tenantId: string, wanted: string, body?: Uint8Array): Promise<Uint8Array> => {
    const { tenant, digest } = blobName(tenantId, wanted)
    const address = new URL(`/v1/blobs/${tenant}/${digest}`, options.url)
    const deadline = Date.now() + patienceMs
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      const answer = await exchange({ ...options, method, address, body }).catch((error: unknown) => asError(error))
      if (!(answer instanceof Error)) return answer
      if (answer instanceof DomainError || signal?.aborted || Date.now() + pauseMs > deadline) throw answer
      await wait(pauseMs, undefined, { ...(signal ? { signal } : {}) }).catch(() => undefined)
    }
  }
  return {
    get: async (tenantId, digest) => verified(await ask('GET', tenantId, digest), digest),
    async put(tenantId, bytes) {
      const digest: Digest = digestOf(bytes)
      await ask('PUT', tenantId, digest, bytes)
      return { digest, size: bytes.byteLength }
    },
    delete: async (tenantId, digest) =>
      Deleted.parse(JSON.parse(textOf(await ask('DELETE', tenantId, digest)))).deleted,
  }
}

interface Exchange extends HttpStoreOptions {
  readonly method: string
  readonly address: URL
  readonly body: Uint8Array | undefined
}

/** One request and its whole answer. @throws DomainError what it was refused with, Error where it came to nothing. */
async function exchange({ method, address, grant, body, transferMs = 120_000 }: Exchange): Promise<Uint8Array> {
  const send = address.protocol === 'https:' ? requestTls : requestPlain
  const request = send(address, {
    method,
    signal: AbortSignal.timeout(transferMs),
    headers: {
      authorization: `Bearer ${grant}`,
      ...(body === undefined ? {} : { 'content-length': body.byteLength, expect: '100-continue' }),
    },
  })
  const response = await answerTo(request, body)
  const bytes = await bytesOf(response)
  // Refused before its body was asked for.
  if (!request.writableEnded) request.destroy()
  const status = response.statusCode ?? 0
  if (status < 300) return bytes
  if (status >= 500) throw new Error(`Blobs cannot be had now: ${status}.`)
  const { code, message, field } = Refusal.parse(JSON.parse(textOf(bytes)))
  throw new DomainError(code, message, field)
}

function answerTo(request: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
    if (body === undefined) request.end()
    else request.once('continue', () => request.end(body)).flushHeaders()
  })
}

async function bytesOf(response: IncomingMessage): Promise<Uint8Array> {
  const bytes = new Uint8Array(Number(response.headers['content-length'] ?? 0))
  let filled = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes.set(piece, filled)
    filled += piece.length
  }
  if (filled === bytes.length) return bytes
  throw new Error('The answer ended early.')
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
