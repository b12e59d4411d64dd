import { isDomainError } from '@lethe/domain'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { z } from 'zod'

/** HTTP status of a refusal; 422 of what is not here. */
const statusOf: Readonly<
  Record<string, 'BAD_REQUEST' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'TOO_MANY_REQUESTS' | 'BAD_GATEWAY'>
> = {
  FORBIDDEN: 'FORBIDDEN',
  SIGN_UP_CLOSED: 'FORBIDDEN',
  TENANT_CLOSED: 'FORBIDDEN',
  TENANT_SUSPENDED: 'FORBIDDEN',
  QUOTA_MEMBERS: 'FORBIDDEN',
  SSO_REFUSED: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_MEMBER: 'CONFLICT',
  SLUG_TAKEN: 'CONFLICT',
  TOO_MANY_MAILS: 'TOO_MANY_REQUESTS',
  PROVIDER_UNREACHABLE: 'BAD_GATEWAY',
}

/** Expected refusals become an answer `{ code, message, field }` of their status; accidents pass through. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDomainError(error)) throw error
    const { code, message, field } = error
    throw new APIError(statusOf[code] ?? 'UNPROCESSABLE_ENTITY', { code, message, ...(field ? { field } : {}) })
  }
}

interface Call<Body> {
  readonly body: Body
  /** `Accept-Language` of whoever asks. */
  readonly language: string | null
}

/** POST of a JSON body that is read by a schema, for anybody. */
export const publicEndpoint = <Schema extends z.ZodType, Answer extends object>(
  path: string,
  body: Schema,
  answer: (call: Call<z.output<Schema>>) => Promise<Answer>,
) =>
  createAuthEndpoint(path, { method: 'POST', body }, async (context) => {
    const language = context.headers?.get('accept-language') ?? null
    const answered: object = await answering(() => answer({ body: context.body as z.output<Schema>, language }))
    return context.json(answered)
  })

export const SecretToken = z.string().regex(/^[\w-]{43}$/, 'is no token')
