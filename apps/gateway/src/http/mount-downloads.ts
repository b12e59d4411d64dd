import { isDomainError } from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { digestOfKey, KEY_MARK } from '../access/resolve-viewer.js'
import { parseInput } from '../graphql/parse-input.js'
import type { Services } from '../services.js'
import { authorise, bearerOf } from './authenticate.js'
import type { DownloadGrant } from './download-grants.js'

const validMs = 5 * 60_000

const Wanted = z.strictObject({
  path: z
    .string()
    .regex(
      /^\/v1\/(samples|audits|evidence\/bundles|model-versions)\/[\w-]{1,64}(\/[\w.-]{1,64})?$/,
      'a path below /v1/samples, /v1/audits, /v1/evidence/bundles or /v1/model-versions, without a query',
    ),
})

/**
 * POST /v1/downloads: a signed address of one file for some minutes, for what cannot send a token: a browser's own
 * download, or a pod without a login. Whoever fetches it is given what the one who asked may see at that moment.
 */
export function mountDownloads(app: FastifyInstance, services: Services): void {
  app.post('/v1/downloads', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'tenant:read')
    if (scope === null) return reply
    try {
      const { path } = parseInput(Wanted, request.body, 'input')
      const { viewer } = scope
      const expiresAt = new Date(Math.min(scope.now().getTime() + validMs, viewer.expiresAt.getTime()))
      const token = bearerOf(request) ?? ''
      const { userId, email, name, role, tenantId, issuer } = viewer
      const by: DownloadGrant['by'] = token.startsWith(KEY_MARK)
        ? { keyDigest: digestOfKey(token) }
        : { holder: { userId, email, name, role, tenantId, issuer, expiresAt: viewer.expiresAt } }
      const grant = services.downloads.seal({ path, expiresAt, by })
      const url = new URL(`${path}?grant=${grant}`, services.publicUrl).toString()
      return await reply.code(201).send({ url, expiresAt })
    } catch (error) {
      if (!isDomainError(error)) throw error
      const { code, message, field } = error
      return reply.code(422).send({ code, message, field: field ?? null })
    }
  })
}
