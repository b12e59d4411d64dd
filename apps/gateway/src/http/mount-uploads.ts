import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { DomainError, isDomainError } from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.js'
import type { UploadGrant } from './upload-signer.js'

const statusOf: Record<string, number> = {
  UPLOAD_DENIED: 403,
  UPLOAD_TOO_LARGE: 413,
  UPLOAD_SIZE: 422,
  UPLOAD_DIGEST: 422,
}

/** PUT /v1/uploads/<tenant>/<digest>: the bytes that a signed address was given out for, and no others. */
export async function mountUploads(app: FastifyInstance, services: Services): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/octet-stream', (_request, payload, next) => next(null, payload))
    scope.put<{ Params: { tenant: string; digest: string } }>('/v1/uploads/:tenant/:digest', async (request, reply) => {
      try {
        const { tenant: tenantId, digest } = request.params
        const grant = services.uploads.verify({ tenantId, digest, query: request.query, now: services.now() })
        if (grant === null)
          throw new DomainError(
            'UPLOAD_DENIED',
            'This address is not valid (any more); ask for a new one with createUpload.',
          )
        const bytes = await receive(request.body as Readable | undefined, grant)
        const stored = await services.artifacts.put(tenantId, bytes)
        return await reply.code(201).send(stored)
      } catch (error) {
        if (!isDomainError(error)) throw error
        // What is left of the body is not read.
        reply.header('connection', 'close')
        return reply.code(statusOf[error.code] ?? 422).send({ code: error.code, message: error.message })
      }
    })
    done()
  })
}

/** Hashed as they arrive, so that a wrong upload is kept nowhere. */
async function receive(body: Readable | undefined, { digest, sizeBytes }: UploadGrant): Promise<Uint8Array> {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of body ?? []) {
    const bytes = chunk as Buffer
    received += bytes.byteLength
    if (received > sizeBytes)
      throw new DomainError('UPLOAD_TOO_LARGE', `More than the ${sizeBytes} bytes that this address was given out for.`)
    hash.update(bytes)
    chunks.push(bytes)
  }
  if (received !== sizeBytes)
    throw new DomainError('UPLOAD_SIZE', `${received} of ${sizeBytes} bytes arrived; send the whole file again.`)
  if (hash.digest('hex') !== digest)
    throw new DomainError(
      'UPLOAD_DIGEST',
      'The bytes do not have the digest that was announced; hash the file that you send.',
    )
  return Buffer.concat(chunks)
}
