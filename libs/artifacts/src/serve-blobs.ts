import { Digest, isDomainError, DomainError } from '@lethe/domain'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { blobName, type ArtifactStore } from './artifact-store.js'
import type { GrantHolder, GrantSealer } from './grant.js'

/** Decides, now, what the holder of a grant may do to a blob of its tenant. */
export interface BlobAuthority {
  /** @throws DomainError BLOB_GRANT_OVER, BLOB_NOT_GRANTED */
  get(holder: GrantHolder, digest: Digest): Promise<void>
  /** Calls `keep` where the blob may be kept, and is sure of it afterwards. @throws the same, and BLOBS_TOO_MANY */
  put(holder: GrantHolder, blob: { digest: Digest; size: number }, keep: () => Promise<unknown>): Promise<void>
  /** Calls `erase` where nobody else needs the bytes. @returns false where there was nothing. @throws the same */
  delete(holder: GrantHolder, digest: Digest, erase: () => Promise<unknown>): Promise<boolean>
}

export interface ServeBlobsOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  readonly store: Pick<ArtifactStore, 'getStream' | 'putStream' | 'delete'>
  readonly grants: Pick<GrantSealer, 'open'>
  readonly authority: BlobAuthority
  /** Bytes of one blob. */
  readonly maxBytes: number
  /** Never tells a grant. */
  readonly note: (note: BlobNote) => void
}

export interface BlobNote {
  readonly event: 'refused' | 'accident'
  readonly method: string
  readonly code?: string
  readonly holder?: GrantHolder
  readonly error?: unknown
}

export interface BlobService {
  readonly port: number
  close(): Promise<void>
}

const statuses: Readonly<Record<string, number>> = {
  ARTIFACT_NAME_INVALID: 400,
  BLOB_SIZE_INVALID: 413,
  BLOB_GRANT_INVALID: 401,
  BLOB_GRANT_OVER: 403,
  BLOB_NOT_GRANTED: 403,
  BLOBS_TOO_MANY: 403,
  ARTIFACT_MISSING: 404,
  ARTIFACT_CORRUPT: 422,
}

/** Nothing moved for so long: whoever asked has gone. */
const silenceMs = 60_000

/**
 * Serves blobs to workers, which have no other way to them: GET, PUT and DELETE of `/v1/blobs/<tenant>/<digest>`, with a
 * grant as bearer. Bytes pass through piece by piece; what is put is hashed on its way and kept only if it has its name.
 */
export async function serveBlobs(options: ServeBlobsOptions): Promise<BlobService> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => void respond(options, request, response)
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 }, answer)
  server.setTimeout(silenceMs)
  // Bytes are sent only once they were asked for: a refusal costs nobody a transfer.
  server.on('checkContinue', answer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(options: ServeBlobsOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? ''
  let holder: GrantHolder | undefined
  try {
    const opened = options.grants.open(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    holder = opened
    await act(options, opened, request, response)
  } catch (error) {
    const who = { method, ...(holder === undefined ? {} : { holder }) }
    const refusal = refusalOf(error)
    options.note(refusal ? { event: 'refused', ...who, code: refusal.body.code } : { event: 'accident', ...who, error })
    // Half of an answer cannot be taken back: the reader sees it end early.
    if (response.headersSent) return void response.destroy()
    // A body that was not asked for, or not read to its end, leaves no way to a next request.
    response.shouldKeepAlive = false
    if (refusal) sendJson(response, refusal.status, refusal.body)
    else sendJson(response, 503, { code: 'BLOBS_UNAVAILABLE', message: 'The store cannot be reached now.' })
  }
}

function refusalOf(error: unknown) {
  const status = isDomainError(error) ? statuses[error.code] : undefined
  if (!isDomainError(error) || status === undefined) return null
  const { code, message, field } = error
  return { status, body: { code, message, ...(field === undefined ? {} : { field }) } }
}

async function act(
  { store, authority, maxBytes }: ServeBlobsOptions,
  holder: GrantHolder,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { tenantId, digest } = addressOf(request)
  if (tenantId !== holder.tenantId) throw notGranted()
  switch (request.method) {
    case 'GET': {
      await authority.get(holder, digest)
      const { size, bytes } = await store.getStream(tenantId, digest)
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size })
      return pipeline(bytes, response)
    }
    case 'PUT': {
      const size = sizeOf(request, maxBytes)
      await authority.put(holder, { digest, size }, () => {
        if (request.headers.expect !== undefined) response.writeContinue()
        return store.putStream(tenantId, digest, request)
      })
      return sendJson(response, 200, { digest, size })
    }
    case 'DELETE': {
      const deleted = await authority.delete(holder, digest, () => store.delete(tenantId, digest))
      return sendJson(response, 200, { deleted })
    }
    default:
      throw unnamed()
  }
}

/** The path is compared as it came: nothing in it is decoded, so nothing can be hidden in it. */
function addressOf({ url = '' }: IncomingMessage): { tenantId: string; digest: Digest } {
  const [, tenantId, wanted] = /^\/v1\/blobs\/([^/]*)\/([^/]*)$/.exec(url) ?? []
  if (tenantId === undefined || wanted === undefined) throw unnamed()
  const { tenant, digest } = blobName(tenantId, wanted)
  return { tenantId: tenant, digest: Digest.parse(digest) }
}

function sizeOf({ headers }: IncomingMessage, maxBytes: number): number {
  const size = Number(headers['content-length'] ?? Number.NaN)
  if (Number.isSafeInteger(size) && size <= maxBytes) return size
  throw new DomainError(
    'BLOB_SIZE_INVALID',
    `A blob is sent with its Content-Length, of at most ${maxBytes} bytes; the registrar's BLOB_MAX_MIB allows more.`,
    'size',
  )
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** Says the same whatever it is that is out of reach. */
export const notGranted = (): DomainError =>
  new DomainError(
    'BLOB_NOT_GRANTED',
    'The grant does not reach this blob: a run reads what its task names and what it put itself, and deletes only the latter.',
    'digest',
  )

export const grantOver = (): DomainError =>
  new DomainError(
    'BLOB_GRANT_OVER',
    'The run has ended, or the model version is not deployed any more; what was granted to it is over.',
    'grant',
  )

const unnamed = (): DomainError =>
  new DomainError('ARTIFACT_NAME_INVALID', 'Blobs are at GET, PUT and DELETE /v1/blobs/<tenant>/<digest>.', 'path')
