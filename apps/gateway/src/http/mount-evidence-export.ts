import { Readable } from 'node:stream'
import { isDomainError } from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Instant } from '../graphql/instant.js'
import { parseInput } from '../graphql/parse-input.js'
import { exportEvidence } from '../modules/evidence/export-evidence.js'
import type { Services } from '../services.js'
import { authorise } from './authenticate.js'

/** The arguments of the GraphQL field `evidence`, less its page. */
const Query = z.strictObject({
  erasureRequestId: z.string().optional(),
  kind: z.string().optional(),
  modelId: z.string().optional(),
  modelVersionId: z.string().optional(),
  from: Instant.optional(),
  to: Instant.optional(),
})

/** GET /v1/evidence/export: all evidence under the newest log checkpoint, or what a filter leaves of it, as JSON Lines. */
export function mountEvidenceExport(app: FastifyInstance, services: Services): void {
  app.get('/v1/evidence/export', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'evidence:read')
    if (scope === null) return reply
    try {
      const lines = await exportEvidence(scope, parseInput(Query, request.query, 'query') as never)
      return await reply
        .type('application/jsonl; charset=utf-8')
        .header('content-disposition', 'attachment; filename="evidence.jsonl"')
        .send(Readable.from(lines, { objectMode: false }))
    } catch (error) {
      if (!isDomainError(error)) throw error
      const { code, message, field } = error
      return reply.code(code === 'NOTHING_PUBLISHED' ? 404 : 422).send({ code, message, field: field ?? null })
    }
  })
}
