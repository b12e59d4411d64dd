import { Readable } from 'node:stream'
import { touchUpload } from '@lethe/db'
import { type Digest, DomainError, isDomainError } from '@lethe/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.js'
import type { UploadGrant } from './upload-signer.js'
import { offsetMismatch, type StagedUpload } from './upload-staging.js'

const statusOf: Record<string, number> = {
  UPLOAD_DENIED: 403,
  UPLOAD_OFFSET: 409,
  UPLOAD_SUPERSEDED: 409,
  UPLOAD_TOO_LARGE: 413,
  UPLOAD_HEADERS: 400,
  UPLOAD_SIZE: 422,
  UPLOAD_DIGEST: 422,
}

/** draft-ietf-httpbis-resumable-upload, § Problem Types. */
const mismatchType = 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset'

interface Addressed {
  Params: { tenant: string; digest: string }
}

/**
 * /v1/uploads/<tenant>/<digest>: the bytes that a signed address was given out for, and no others. PUT sends them all at
 * once; HEAD, PATCH and DELETE are those of an upload resource of draft-ietf-httpbis-resumable-upload, for which
 * createUpload is the creation. Bytes go to disk as they arrive and into the store piece by piece, hashed on the way.
 */
export async function mountUploads(app: FastifyInstance, services: Services): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    for (const type of ['application/octet-stream', 'application/partial-upload'])
      scope.addContentTypeParser(type, (_request, payload, next) => next(null, payload))
    const route = '/v1/uploads/:tenant/:digest'
    scope.head<Addressed>(route, (request, reply) =>
      answer(reply, async () => {
        const grant = grantOf(request, services)
        const { offset, isComplete } = await progressOf(services, grant, () => services.staging.offsetOf(grant))
        return reply
          .code(204)
          .header('upload-offset', String(offset))
          .header('upload-complete', isComplete ? '?1' : '?0')
          .header('upload-limit', `max-size=${grant.sizeBytes}`)
          .send()
      }),
    )
    scope.put<Addressed>(route, (request, reply) =>
      answer(reply, async () => {
        const grant = grantOf(request, services)
        const stored = await services.staging.take(grant, bodyOf(request), async (upload) => {
          const received = await upload.replace()
          if (received === grant.sizeBytes) return finish(services, grant, upload)
          throw new DomainError(
            'UPLOAD_SIZE',
            `${received} of ${grant.sizeBytes} bytes arrived; send the rest with PATCH, or the whole file again.`,
          )
        })
        return reply.code(201).send(stored)
      }),
    )
    scope.patch<Addressed>(route, (request, reply) => answer(reply, () => patch(request, reply, services)))
    scope.delete<Addressed>(route, (request, reply) =>
      answer(reply, async () => {
        await services.staging.take(grantOf(request, services), null, (upload) => upload.discard())
        return reply.code(204).send()
      }),
    )
    done()
  })
}

/** Adds a part behind what is there; the part that makes it whole is answered as PUT is. */
async function patch(request: FastifyRequest<Addressed>, reply: FastifyReply, services: Services) {
  const grant = grantOf(request, services)
  const { 'upload-offset': offset, 'upload-complete': complete, 'content-type': type } = request.headers
  if (type !== 'application/partial-upload' || !/^\d{1,15}$/.test(String(offset)) || !/^\?[01]$/.test(String(complete)))
    throw new DomainError(
      'UPLOAD_HEADERS',
      'Send application/partial-upload with Upload-Offset, a whole number, and Upload-Complete, ?0 or ?1.',
    )
  return services.staging.take(grant, bodyOf(request), async (upload) => {
    const before = await progressOf(services, grant, () => upload.offset())
    if (before.isComplete) throw offsetMismatch(before.offset)
    const received = await upload.append(Number(offset))
    reply.header('upload-offset', String(received))
    if (received === grant.sizeBytes) {
      const stored = await finish(services, grant, upload)
      return reply.code(201).header('upload-complete', '?1').send(stored)
    }
    if (complete !== '?1') return reply.code(204).header('upload-complete', '?0').send()
    throw new DomainError('UPLOAD_SIZE', `${received} of ${grant.sizeBytes} bytes are here; send the rest with PATCH.`)
  })
}

function grantOf(request: FastifyRequest<Addressed>, services: Services): UploadGrant {
  const { tenant: tenantId, digest } = request.params
  const grant = services.uploads.verify({ tenantId, digest, query: request.query, now: services.now() })
  if (grant !== null) return grant
  throw new DomainError('UPLOAD_DENIED', 'This address is not valid (any more); ask for a new one with createUpload.')
}

const bodyOf = ({ body }: FastifyRequest): Readable => (body instanceof Readable ? body : Readable.from([]))

async function progressOf(
  services: Services,
  grant: UploadGrant,
  staged: () => Promise<number>,
): Promise<{ offset: number; isComplete: boolean }> {
  const stored = await services.artifacts.sizeOf(grant.tenantId, grant.digest as Digest)
  return stored === null ? { offset: await staged(), isComplete: false } : { offset: stored, isComplete: true }
}

/**
 * Whole bytes go into the store; with another digest than was announced they are kept nowhere. They stay here when the store
 * has an accident: a PATCH of nothing then stores them.
 */
async function finish(
  services: Services,
  grant: UploadGrant,
  upload: StagedUpload,
): Promise<{ digest: string; size: number }> {
  const { tenantId, sizeBytes: size } = grant
  const digest = grant.digest as Digest
  const isNew = (await services.artifacts.sizeOf(tenantId, digest)) === null
  const now = services.now()
  // Known before it is there: a crash in between leaves a row without a blob, never a blob without a row.
  await services.db.forTenant(tenantId).$transaction((tx) => touchUpload(tx, { tenantId, digest, size, isNew, now }))
  try {
    const stored = await services.artifacts.putStream(tenantId, digest, upload.read())
    await upload.discard()
    return stored
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'ARTIFACT_CORRUPT') throw error
    await upload.discard()
    throw new DomainError(
      'UPLOAD_DIGEST',
      'The bytes do not have the digest that was announced; hash the file that you send.',
    )
  }
}

async function answer(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (!isDomainError(error)) throw error
    const { code, message } = error
    // What is left of the body is not read.
    reply.header('connection', 'close').code(statusOf[code] ?? 422)
    if (!('expected' in error)) return reply.send({ code, message })
    return reply
      .header('upload-offset', String(error.expected))
      .type('application/problem+json')
      .send({ type: mismatchType, title: message, code, message, 'expected-offset': error.expected })
  }
}
