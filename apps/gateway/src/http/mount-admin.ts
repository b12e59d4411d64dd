import { DomainError, isDomainError } from '@lethe/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parseInput } from '../graphql/parse-input.js'
import type { SignedIn } from '../tenant-viewer.js'
import { addMember, NewMember } from '../modules/tenant/add-member.js'
import { createTenant, NewTenant } from '../modules/tenant/create-tenant.js'
import type { Services } from '../services.js'
import { viewerOf } from './authenticate.js'

const statusOf: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  QUOTA_MEMBERS: 403,
  NOT_FOUND: 404,
  EMAIL_TAKEN: 409,
  SLUG_TAKEN: 409,
  SUBJECT_TAKEN: 409,
}

async function signedIn(request: FastifyRequest, services: Services): Promise<SignedIn> {
  const viewer = await viewerOf(request, services)
  if (viewer === null || viewer === 'rejected')
    throw new DomainError('UNAUTHENTICATED', 'Send a valid token as `Authorization: Bearer …`.')
  return viewer
}

/** POST /v1/admin/tenants and /v1/admin/members: how tenants and people come to be. */
export function mountAdmin(app: FastifyInstance, services: Services): void {
  const mount = <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    useCase: (services: Services, viewer: SignedIn, input: z.output<Schema>) => Promise<object>,
  ) =>
    app.post(path, async (request, reply): Promise<FastifyReply> => {
      try {
        const viewer = await signedIn(request, services)
        const input = parseInput(schema, request.body, 'input')
        return await reply.code(201).send(await useCase(services, viewer, input))
      } catch (error) {
        if (!isDomainError(error)) throw error
        const { code, message, field } = error
        return reply.code(statusOf[code] ?? 422).send({ code, message, ...(field === undefined ? {} : { field }) })
      }
    })
  mount('/v1/admin/tenants', NewTenant, createTenant)
  mount('/v1/admin/members', NewMember, addMember)
}
