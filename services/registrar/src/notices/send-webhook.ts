import { lookup as lookUp } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as startTimer } from 'node:timers'
import { DomainError, type DeliveryError, isDomainError, parseWebhookUrl, type WebhookTargets } from '@lethe/domain'
import { guardedLookup, isPublicAddress, type ResolveName, writtenAddress } from '@lethe/domain/addresses'
import { Webhook } from 'standardwebhooks'

export interface WebhookMessage {
  /** The same in every attempt. */
  readonly id: string
  readonly url: string
  readonly body: string
  readonly secrets: readonly string[]
}

export interface SendOptions {
  readonly targets: WebhookTargets
  /** From the first look-up to the answer's head. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly resolve?: ResolveName
}

export interface SendOutcome {
  readonly status: number | null
  readonly error: DeliveryError | null
  /** Seconds that the receiver asks to be left alone. */
  readonly retryAfterSeconds: number | null
}

/** Headers of Standard Webhooks 1.0: one signature a key, so that a receiver may hold the old or the new one. */
export function signedHeaders({ id, body, secrets }: Omit<WebhookMessage, 'url'>, at: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Lethe-Webhooks/1.0',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}

/**
 * Sends a message once: no redirects, no proxy, nothing of the answer but its head. An answer of 2xx counts.
 *
 * @throws the signal's reason when it ends the attempt
 */
export async function sendWebhook(message: WebhookMessage, at: Date, options: SendOptions): Promise<SendOutcome> {
  const { targets, timeoutMs, signal } = options
  const end = new AbortController()
  const timer = startTimer(() => end.abort(new DomainError('TIMEOUT', 'No answer in time.')), timeoutMs)
  const stop = () => end.abort(signal?.reason)
  signal?.addEventListener('abort', stop)
  try {
    signal?.throwIfAborted()
    const url = parseWebhookUrl(message.url, targets, 'url')
    if (targets === 'public') assertPublicHost(url)
    return outcomeOf(await post(url, message, at, { ...options, signal: end.signal }))
  } catch (error) {
    if (signal?.aborted === true) throw error
    return { status: null, error: errorOf(end.signal.aborted ? end.signal.reason : error), retryAfterSeconds: null }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

const notPublic = (): DomainError<'ADDRESS_NOT_PUBLIC'> =>
  new DomainError('ADDRESS_NOT_PUBLIC', 'The name leads to an address that is not public; nothing is sent there.')

/** @throws DomainError ADDRESS_NOT_PUBLIC for an address written out */
function assertPublicHost(url: URL): void {
  const address = writtenAddress(url)
  if (address !== null && !isPublicAddress(address)) throw notPublic()
}

/** By the machine's own resolver. */
const resolveName: ResolveName = (hostname) =>
  new Promise((resolve, reject) => {
    lookUp(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })

function post(url: URL, message: WebhookMessage, at: Date, options: SendOptions): Promise<http.IncomingMessage> {
  const body = Buffer.from(message.body)
  const rule = { resolve: options.resolve ?? resolveName, isAllowed: isPublicAddress, refusal: notPublic }
  const lookup = options.targets === 'public' ? { lookup: guardedLookup(rule) } : {}
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: { ...signedHeaders(message, at), 'content-length': body.byteLength },
        signal: options.signal,
        maxHeaderSize: 16_384,
        ...lookup,
      },
      (answer) => {
        resolve(answer)
        answer.destroy()
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

function outcomeOf({ statusCode: status = 0, headers }: http.IncomingMessage): SendOutcome {
  const wanted = Number(headers['retry-after'])
  const retryAfterSeconds = Number.isFinite(wanted) && wanted > 0 ? wanted : null
  if (status >= 200 && status < 300) return { status, error: null, retryAfterSeconds }
  return { status, error: status >= 300 && status < 400 ? 'REDIRECTED' : 'STATUS_NOT_OK', retryAfterSeconds }
}

function errorOf(error: unknown): DeliveryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ADDRESS_NOT_PUBLIC' || code === 'TIMEOUT') return code
  if (isDomainError(error)) return 'CONNECTION_FAILED'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'NAME_NOT_FOUND'
  return /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)
    ? 'TLS_FAILED'
    : 'CONNECTION_FAILED'
}
