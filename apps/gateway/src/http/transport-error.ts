import { isDomainError } from '@lethe/domain'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError } from 'fastify'

export interface TransportRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

const byFastifyCode: Readonly<Record<string, TransportRefusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'BODY_TOO_LARGE', message: 'The body is larger than is accepted.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'MEDIA_TYPE_UNSUPPORTED',
    message: 'Send the body in the media type of this address, GraphQL as application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'BODY_INVALID',
    message: 'The body is not as long as its header says.',
  },
}

const statusOf: Readonly<Record<string, number>> = { BODY_INVALID: 400, MEDIA_TYPE_UNSUPPORTED: 415 }

/** What is told of a request that never reached a handler, or null for an accident. */
export function transportRefusal(error: FastifyError): TransportRefusal | null {
  if (isDomainError(error)) return { status: statusOf[error.code] ?? 422, code: error.code, message: error.message }
  const known = byFastifyCode[error.code]
  if (known) return known
  const status = error.statusCode ?? 500
  return status < 500 ? { status, code: 'BAD_REQUEST', message: error.message } : null
}

const brokenRequests: Readonly<Record<string, TransportRefusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    message: 'The request did not arrive in time; send it again.',
  },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'HEADERS_TOO_LARGE', message: 'The headers are too large; send fewer.' },
}

const notHttp: TransportRefusal = { status: 400, code: 'BAD_REQUEST', message: 'What arrived is not an HTTP request.' }

/** Answers what never became a request: headers or a body that did not come in time, or that are not HTTP. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, code, message } = brokenRequests[error.code ?? ''] ?? notHttp
  const body = JSON.stringify({ code, message })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
