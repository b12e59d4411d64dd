import { Readable } from 'node:stream'
import { isDomainError } from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Instant } from '../graphql/instant.js'
import { parseInput } from '../graphql/parse-input.js'
import { exportLines } from '../modules/export/export-lines.js'
import { type ExportName, exportSources } from '../modules/export/export-sources.js'
import type { Services } from '../services.js'
import { authorise } from './authenticate.js'

/** From an instant on, and before another. */
const Query = z.strictObject({ from: Instant.optional(), to: Instant.optional() })

/** GET /v1/exports/<what>: whatever the viewer may see of it, in bulk. GET /v1/exports/key.pem: whom to believe. */
export function mountExports(app: FastifyInstance, services: Services): void {
  for (const of of Object.keys(exportSources) as ExportName[])
    app.get(`/v1/exports/${of}`, async (request, reply) => {
      const scope = await authorise(request, reply, services, exportSources[of].action)
      if (scope === null) return reply
      try {
        const lines = exportLines(scope, of, parseInput(Query, request.query, 'query'))
        return await reply
          .type('application/jsonl; charset=utf-8')
          .header('content-disposition', `attachment; filename="${of}.jsonl"`)
          .send(Readable.from(lines, { objectMode: false }))
      } catch (error) {
        if (!isDomainError(error)) throw error
        const { code, message, field } = error
        return reply.code(422).send({ code, message, field: field ?? null })
      }
    })
  app.get('/v1/exports/key.pem', (_request, reply) =>
    reply.type('application/x-pem-file').send(services.exportSigner.publicKeyPem),
  )
}
