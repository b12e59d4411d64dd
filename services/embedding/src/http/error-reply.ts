import { isDomainError } from '@lethe/domain'

export interface ErrorReply {
  readonly status: number
  readonly body: { readonly code: string; readonly message: string; readonly field: string | null }
}

const statusOf: Readonly<Record<string, number>> = {
  TOKEN_MISSING: 401,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  ROLE_INSUFFICIENT: 403,
  MODEL_NOT_DEPLOYED: 404,
  TEXTS_UNSUPPORTED: 404,
  IMAGE_TOO_LARGE: 413,
  IMAGE_FORMAT: 422,
  IMAGE_UNREADABLE: 422,
  RATE_LIMITED: 429,
  BUSY: 503,
  IDENTITY_UNAVAILABLE: 503,
  MODEL_UNAVAILABLE: 503,
}

/** What the HTTP library refuses by itself, in our words. */
const libraryRefusals: Readonly<Record<string, { code: string; message: string; field: string | null }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MEDIA_TYPE_UNSUPPORTED',
    message: 'Send image/png, image/jpeg, image/webp, or application/json with {"images": ["<base64>"]}.',
    field: 'content-type',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    message: 'The request is too large; send fewer or smaller pictures.',
    field: 'body',
  },
}

/** The only place where an error becomes an answer. An accident says nothing but where to find it in the logs. */
export function errorReply(error: unknown, requestId: string): ErrorReply {
  if (isDomainError(error)) {
    const { code, message, field } = error
    return { status: statusOf[code] ?? 400, body: { code, message, field: field ?? null } }
  }
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number }
  const known = libraryRefusals[code]
  if (known) return { status: statusCode, body: known }
  if (statusCode >= 400 && statusCode < 500)
    return {
      status: statusCode,
      body: { code: 'REQUEST_MALFORMED', message: 'The request cannot be read; send valid JSON.', field: 'body' },
    }
  const message = `Something went wrong; name this to the operator: ${requestId}.`
  return { status: 500, body: { code: 'INTERNAL', message, field: null } }
}
