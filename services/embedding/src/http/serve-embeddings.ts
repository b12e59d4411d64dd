import rateLimit from '@fastify/rate-limit'
import type { Deployment } from '@lethe/bus'
import { DomainError } from '@lethe/domain'
import type { Representation } from '@lethe/learning'
import type { Logger } from '@lethe/runtime'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { DeployedModels } from '../models/deployed-models.js'
import { errorReply } from './error-reply.js'
import { limits, readImages } from './read-images.js'
import { readTexts } from './read-texts.js'
import type { Caller, VerifyCaller } from './verify-token.js'

export interface ServerOptions {
  readonly models: DeployedModels
  readonly verify: VerifyCaller
  readonly requestsPerMinute: number
  readonly isReady: () => Promise<boolean>
  readonly logger: Logger
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** docs/embedding-protocol.md */
const PROTOCOL = 'lethe-embedding/1'

/** What is busy, loading or unreachable may have changed by then. */
const RETRY_AFTER_SECONDS = 2

const Path = z.object({ modelVersionId: z.uuid() })
const Query = z.object({ representation: z.enum(['features', 'projection']).default('features') })

/** The HTTP face of deployed models; see the routes below. Every refusal is `{code, message, field}`. */
export async function serveEmbeddings(options: ServerOptions): Promise<FastifyInstance> {
  const { logger } = options
  const app = fastify({ bodyLimit: limits.bytesPerRequest, genReqId: () => randomUUID(), requestTimeout: 60_000 })
  app.decorateRequest('caller', null)
  app.addContentTypeParser(
    ['image/png', 'image/jpeg', 'image/webp'],
    { parseAs: 'buffer', bodyLimit: limits.bytesPerImage },
    (_, body, done) => done(null, body),
  )
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = errorReply(error, request.id)
    if (status >= 500) logger.error({ requestId: request.id, err: error }, 'request failed')
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS)
    return reply.code(status).send(body)
  })
  app.setNotFoundHandler((_, reply) =>
    reply.code(404).send({ code: 'NOT_FOUND', message: 'There is nothing at this path.', field: 'path' }),
  )
  app.addHook('onResponse', (request, reply, done) => {
    if (request.caller)
      logger.info(
        { requestId: request.id, tenantId: request.caller.tenantId, status: reply.statusCode, ms: reply.elapsedTime },
        'request',
      )
    done()
  })
  app.get('/livez', (_, reply) => reply.code(200).send())
  app.get('/readyz', async (_, reply) => reply.code((await options.isReady()) ? 200 : 503).send())
  await app.register(modelRoutes, options)
  return app
}

/** Signed in first, counted second, and only then is a body read. */
async function modelRoutes(app: FastifyInstance, { models, verify, requestsPerMinute }: ServerOptions): Promise<void> {
  app.addHook('onRequest', async (request) => {
    const { modelVersionId } = request.params as { modelVersionId?: string }
    request.caller = await verify(request.headers.authorization, modelVersionId ?? '')
  })
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => callerOf(request).tenantId,
    errorResponseBuilder: () =>
      new DomainError('RATE_LIMITED', 'Too many requests of this tenant; wait as long as Retry-After says.'),
  })

  /** Pictures in, embeddings out, in the same order. */
  app.post('/v1/models/:modelVersionId/embed', async (request) => {
    const deployment = models.find(callerOf(request).tenantId, pathOf(request).modelVersionId)
    const representation = representationOf(request)
    const images = await readImages(request.body, deployment.imageSize)
    const values = await models.embed(deployment, images, representation)
    const count = images.length / (deployment.imageSize * deployment.imageSize * 3)
    return answerOf(deployment, values, count, representation)
  })

  /** Texts in, embeddings in the space of projections out, in the same order. */
  app.post('/v1/models/:modelVersionId/embed-texts', async (request) => {
    const deployment = models.find(callerOf(request).tenantId, pathOf(request).modelVersionId)
    const texts = readTexts(request.body)
    return answerOf(deployment, await models.embedTexts(deployment, texts), texts.length, 'projection')
  })

  /** What is served under this id. */
  app.get('/v1/models/:modelVersionId', async (request) => {
    const deployment = models.find(callerOf(request).tenantId, pathOf(request).modelVersionId)
    const { modelId, modelVersionId, weights, imageSize, views } = deployment
    const { dimensions, texts } = await models.describe(deployment)
    const { imagesPerRequest, textsPerRequest, bytesPerRequest } = limits
    return {
      protocol: PROTOCOL,
      modelVersionId,
      modelId,
      weightsDigest: weights.digest,
      imageSize,
      dimensions,
      texts,
      limits: { imagesPerRequest, textsPerRequest, bytesPerRequest },
      ...(views === undefined ? {} : { views }),
    }
  })
}

function answerOf(
  { modelVersionId, weights }: Deployment,
  values: Float32Array,
  count: number,
  representation: Representation,
) {
  const dimension = values.length / count
  const embeddings = Array.from({ length: count }, (_, row) =>
    Array.from(values.subarray(row * dimension, (row + 1) * dimension)),
  )
  return { modelVersionId, weightsDigest: weights.digest, representation, dimension, embeddings }
}

function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error('A route was reached without a caller.')
  return caller
}

function pathOf({ params }: FastifyRequest): z.infer<typeof Path> {
  const path = Path.safeParse(params)
  if (path.success) return path.data
  throw new DomainError('MODEL_NOT_DEPLOYED', 'A model version is named by a UUID; correct the id.', 'modelVersionId')
}

function representationOf({ query }: FastifyRequest): 'features' | 'projection' {
  const parsed = Query.safeParse(query)
  if (parsed.success) return parsed.data.representation
  throw new DomainError('QUERY_INVALID', 'A representation is features or projection.', 'representation')
}
