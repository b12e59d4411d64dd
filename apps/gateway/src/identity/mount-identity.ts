import { toNodeHandler } from 'better-auth/node'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { IdentityProvider } from './identity-provider.js'

/** What is reachable of the identity provider; what is not here does not exist for a client. */
const endpoints = [
  ['POST', '/auth/sign-in/email'],
  ['POST', '/auth/sign-out'],
  ['POST', '/auth/change-password'],
  ['GET', '/auth/get-session'],
  ['GET', '/auth/token'],
  ['GET', '/auth/jwks'],
  ['POST', '/auth/request-password-reset'],
  ['POST', '/auth/reset-password'],
  ['POST', '/auth/invitation/read'],
  ['POST', '/auth/invitation/accept'],
  ['GET', '/auth/sign-up'],
  ['POST', '/auth/sign-up/request'],
  ['POST', '/auth/sign-up/read'],
  ['POST', '/auth/sign-up/complete'],
  ['POST', '/auth/erasure-identity/read'],
  ['POST', '/auth/erasure-identity/answer'],
  ['POST', '/auth/sso/begin'],
  ['POST', '/auth/sso/finish'],
  ['GET', '/auth/tenants'],
  ['POST', '/auth/tenants/active'],
  ['POST', '/auth/sign-out-everywhere'],
] as const

const maxBodyBytes = 16 * 1024

/** Mounts sign-in, sessions, tokens and keys. The provider reads the body itself, so Fastify must leave it alone here. */
export async function mountIdentity(app: FastifyInstance, { auth }: IdentityProvider): Promise<void> {
  const handle = toNodeHandler(auth)
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, next) => next(null, payload))
    for (const [method, url] of endpoints)
      scope.route({
        method,
        url,
        handler: async (request, reply) => {
          const announced = Number(request.headers['content-length'] ?? 0)
          if (announced > maxBodyBytes || request.headers['transfer-encoding'] !== undefined)
            return reply.code(413).send({ code: 'BODY_TOO_LARGE', message: `Send at most ${maxBodyBytes} bytes.` })
          // Behind the mount the client's address is the socket's: a forwarded one could be made up to dodge the limit.
          request.raw.headers['x-forwarded-for'] = request.ip
          forgetFetchMetadata(request.raw.headers)
          // What every answer carries, so that no cache keeps a token and no browser guesses at a type.
          for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '')
          reply.hijack()
          await handle(request.raw, reply.raw)
        },
      })
    done()
  })
}

/**
 * Programs whose HTTP library imitates a browser's `sec-fetch-mode` are taken for one that hides its origin. A browser
 * never sends a POST to another site without an origin, so what has neither origin nor cookie is a program.
 */
function forgetFetchMetadata(headers: IncomingHttpHeaders): void {
  if (headers.origin !== undefined || headers.cookie !== undefined || headers.referer !== undefined) return
  for (const name of ['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest']) delete headers[name]
}
