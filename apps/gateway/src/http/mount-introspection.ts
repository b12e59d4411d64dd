import { createPublicKey } from 'node:crypto'
import {
  CallingService,
  gatewayAudience,
  type Introspection,
  issuerOfService,
  SERVICE_CREDENTIAL_SECONDS,
} from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import { errors, jwtVerify } from 'jose'
import { may } from '../access/may.js'
import { resolveViewer } from '../access/resolve-viewer.js'
import { inReach, readReach } from '../modules/auditor-access/case-reach.js'
import type { Services } from '../services.js'

/** Clocks of two machines may differ by so much. */
const skewSeconds = 10
const maxBodyBytes = 16 * 1024

/**
 * POST /v1/introspect (RFC 7662): whether a token or API key holds at this moment, for the embedding service, which shows a
 * credential of its own. `resource` (RFC 8707) is the model version that is asked for: an auditor's token holds only for
 * those of their cases.
 */
export async function mountIntrospection(
  app: FastifyInstance,
  services: Services,
  serviceKeys: Readonly<Record<CallingService, string>>,
): Promise<void> {
  const verify = serviceVerifier(serviceKeys)
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxBodyBytes },
      (_request, body, next) => next(null, new URLSearchParams(String(body))),
    )
    scope.post('/v1/introspect', async (request, reply) => {
      if ((await verify(request.headers.authorization, services.now())) === null)
        return reply
          .code(401)
          .send({ code: 'SERVICE_UNKNOWN', message: 'Show the credential of a service of this platform.' })
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      return introspect(services, form.get('token') ?? '', form.get('resource'))
    })
    done()
  })
}

async function introspect(services: Services, token: string, resource: string | null): Promise<Introspection> {
  const viewer = token === '' ? null : await resolveViewer(token, services)
  if (viewer === null || viewer.tenantId === null || viewer.tenant === null || !may(viewer, 'model:embed'))
    return { active: false }
  if (resource !== null && viewer.cases !== null) {
    const member = { ...viewer, tenantId: viewer.tenantId, tenant: viewer.tenant }
    const reach = await readReach(services.db.forTenant(viewer.tenantId), member)
    if (inReach(reach, 'modelVersionIds', [resource]).length === 0) return { active: false }
  }
  const { userId: sub, tenantId: tenant, role, expiresAt } = viewer
  return { active: true, sub, tenant, role, exp: Math.floor(expiresAt.getTime() / 1000) }
}

/** Which service signed a credential for the gateway; null unless it is one of ours, fresh, and lives no longer than it may. */
function serviceVerifier(keys: Readonly<Record<CallingService, string>>) {
  const known = CallingService.options.map((service) => ({
    service,
    issuer: issuerOfService(service),
    key: createPublicKey({ key: Buffer.from(keys[service], 'base64'), type: 'spki', format: 'der' }),
  }))
  return async (header: string | undefined, now: Date): Promise<CallingService | null> => {
    const credential = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? '')?.[1]
    if (credential === undefined) return null
    for (const { service, issuer, key } of known)
      try {
        const { payload } = await jwtVerify(credential, key, {
          issuer,
          subject: issuer,
          audience: gatewayAudience,
          algorithms: ['EdDSA'],
          requiredClaims: ['exp', 'iat', 'jti'],
          maxTokenAge: SERVICE_CREDENTIAL_SECONDS,
          clockTolerance: skewSeconds,
          currentDate: now,
        })
        if ((payload.exp ?? Infinity) - (payload.iat ?? 0) <= SERVICE_CREDENTIAL_SECONDS) return service
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
      }
    return null
  }
}
