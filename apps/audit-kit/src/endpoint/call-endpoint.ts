import { setTimeout as wait } from 'node:timers/promises'
import { refuse } from '../kit-error.js'

export interface CallOptions {
  readonly token: string | undefined
  /** Longest wait for one whole answer. */
  readonly timeoutMs: number
  /** Pause before the second try; it doubles from try to try. */
  readonly firstPauseMs: number
  readonly signal: AbortSignal
  /** Told before each pause. */
  readonly onRetry?: ((reason: string, pauseMs: number) => void) | undefined
}

const TRIES = 7
const LONGEST_PAUSE_MS = 60_000
/** Far more than 64 vectors of any model. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20
const MAX_SHOWN = 300

/** Worth asking again: the answer may differ next time. */
class Passing extends Error {
  constructor(
    readonly code: 'ENDPOINT_UNREACHABLE' | 'ENDPOINT_TIMED_OUT' | 'ENDPOINT_REFUSED' | 'ENDPOINT_UNREADABLE',
    message: string,
    readonly pauseMs: number | null = null,
  ) {
    super(message)
  }
}

/**
 * JSON from an endpoint. What may pass (no connection, no answer in time, 408, 425, 429, 5xx, half an answer) is asked again with
 * growing pauses, or after `Retry-After`.
 * @throws DomainError ENDPOINT_*, which names the address and what to do; `signal.reason` on abort.
 */
export async function callEndpoint(url: string, body: unknown, options: CallOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(url, body, options)
    } catch (error) {
      options.signal.throwIfAborted()
      if (!(error instanceof Passing)) throw error
      if (attempt === TRIES) refuse(error.code, `${withoutSecrets(url)}: ${error.message} (asked ${TRIES} times)`)
      const pauseMs = Math.min(LONGEST_PAUSE_MS, error.pauseMs ?? options.firstPauseMs * 2 ** (attempt - 1))
      options.onRetry?.(`${withoutSecrets(url)}: ${error.message}`, pauseMs)
      await wait(pauseMs, undefined, { signal: options.signal })
    }
  }
}

async function callOnce(url: string, body: unknown, options: CallOptions): Promise<unknown> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      },
      // A token reaches nobody but the address it was given for.
      redirect: 'manual',
      signal: AbortSignal.any([timeout, options.signal]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await readText(response)
    if (!response.ok) refused(url, response, text)
    return parseAnswer(text)
  } catch (error) {
    if (timeout.aborted) throw new Passing('ENDPOINT_TIMED_OUT', `no answer within ${options.timeoutMs / 1000} s`)
    if (error instanceof TypeError) throw new Passing('ENDPOINT_UNREACHABLE', `nobody answers (${causeOf(error)})`)
    throw error
  }
}

function causeOf(error: Error): string {
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > MAX_ANSWER_BYTES)
      refuse(
        'ENDPOINT_UNREADABLE',
        `${withoutSecrets(response.url)}: an answer of more than ${MAX_ANSWER_BYTES} bytes.`,
      )
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function refused(url: string, response: Response, text: string): never {
  const { status } = response
  const said = `${status} ${messageIn(text)}`.trim()
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new Passing('ENDPOINT_REFUSED', said, retryAfterMs(response.headers.get('retry-after')))
  const hint = status === 401 || status === 403 ? ' Give a token that is valid with --token or LETHE_AUDIT_TOKEN.' : ''
  return refuse('ENDPOINT_REFUSED', `${withoutSecrets(url)} refuses: ${said}${hint}`)
}

function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null
}

/** What an endpoint says of a refusal, fit for a terminal. */
function messageIn(text: string): string {
  const parsed = parsedOrUndefined(text)
  const said =
    typeof parsed === 'object' && parsed !== null && 'message' in parsed && typeof parsed.message === 'string'
      ? parsed.message
      : text
  return said
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_SHOWN)
}

/** JSON; numbers that JSON cannot hold, as some libraries write them, become null. */
function parseAnswer(text: string): unknown {
  const parsed = parsedOrUndefined(text) ?? parsedOrUndefined(text.replace(/-?\b(?:NaN|Infinity)\b/g, 'null'))
  if (parsed !== undefined) return parsed
  throw new Passing('ENDPOINT_UNREADABLE', 'what came is not JSON')
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Address of a route below the model's; what the owner's address says after `?` stays. */
export function routeOf(url: string, route = '', parameters: Readonly<Record<string, string>> = {}): string {
  const address = new URL(url)
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${route === '' ? '' : `/${route}`}`
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return address.href
}

/** An address as it may be shown and kept: no user, password, query or fragment. */
export function withoutSecrets(url: string): string {
  const parsed = new URL(url)
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}
