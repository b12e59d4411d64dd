import { errorOf, LetheError } from './lethe-error.js'

export interface ClientOptions {
  /** Where the gateway is reached, such as https://api.example.com. */
  readonly url: string
  /** An API key or token, or what gives the current one; asked again after a refusal for which it was the reason. */
  readonly token: string | ((renew: boolean) => string | Promise<string>)
  readonly fetch?: typeof fetch
  /** Gives up whatever the client is doing. */
  readonly signal?: AbortSignal
  /** How often something is tried that failed on the way; 4 by default. Mutations are safe to repeat by their keys. */
  readonly attempts?: number
  /** Names documents by their hash, as a gateway wants it that runs trusted documents only. */
  readonly trustedDocuments?: boolean
}

export interface Send {
  readonly path: string
  readonly init: RequestInit
  readonly signal?: AbortSignal | undefined
  /** Whether an answer in the 5xx range, or none, is worth another attempt. */
  readonly isRepeatable: boolean
}

const firstWaitMs = 250
const longestWaitMs = 30_000
const passing = new Set([429, 502, 503, 504])

/** Sends with the caller's token, renews it once, and tries again what is worth it, as patiently as the answer asks. */
export class Transport {
  readonly #fetch: typeof fetch

  constructor(readonly options: ClientOptions) {
    this.#fetch = options.fetch ?? fetch
  }

  /** @throws LetheError UNREACHABLE when no attempt was answered; the signal's reason when it was aborted */
  async send({ path, init, signal, isRepeatable }: Send): Promise<Response> {
    const ending = this.#ending(signal)
    const attempts = isRepeatable ? (this.options.attempts ?? 4) : 1
    let renewed = false
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(path, init, ending, renewed)
      if (answer instanceof Response) {
        if (answer.status === 401 && !renewed && typeof this.options.token === 'function') {
          renewed = true
          await answer.body?.cancel()
          continue
        }
        if (!passing.has(answer.status) || attempt >= attempts) return answer
        await answer.body?.cancel()
      } else if (attempt >= attempts) throw answer
      await wait(waitMsOf(answer, attempt), ending)
    }
  }

  async #try(
    path: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
    renew: boolean,
  ): Promise<Response | LetheError> {
    const { token, url } = this.options
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token(renew)}`)
    try {
      return await this.#fetch(new URL(path, url), { ...init, headers, ...(signal ? { signal } : {}) })
    } catch (error) {
      signal?.throwIfAborted()
      return new LetheError('UNREACHABLE', `${url} does not answer: ${String((error as Error).cause ?? error)}`)
    }
  }

  #ending(signal: AbortSignal | undefined): AbortSignal | undefined {
    const signals = [signal, this.options.signal].filter((given) => given !== undefined)
    return signals.length === 0 ? undefined : AbortSignal.any(signals)
  }
}

function waitMsOf(answer: Response | LetheError, attempt: number): number {
  const asked = answer instanceof Response ? Number(answer.headers.get('retry-after')) * 1000 : 0
  return Math.min(longestWaitMs, Math.max(asked, firstWaitMs * 2 ** (attempt - 1)))
}

/** @throws the signal's reason as soon as it is aborted */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
  })
}

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[]
}

/** @throws LetheError for the first error of the answer, and for an answer that is none */
export function dataOf({ data, errors }: Answer, status?: number): Readonly<Record<string, unknown>> {
  const [first] = errors ?? []
  if (first) throw errorOf(first, status)
  if (data == null) throw new LetheError('ANSWER_INVALID', 'The gateway answered without data.', { status })
  return data
}

/** The refusal of an address that does not speak GraphQL. */
export async function assertOk(response: Response): Promise<Response> {
  if (response.ok) return response
  const { status } = response
  const text = await response.text()
  let refusal: { code?: unknown; message?: unknown; errors?: Answer['errors'] } = {}
  try {
    refusal = JSON.parse(text) as typeof refusal
  } catch {
    // Not JSON: the status alone is told.
  }
  const [first] = refusal.errors ?? []
  if (first) throw errorOf(first, status)
  const retryAfterSeconds = Number(response.headers.get('retry-after')) || undefined
  throw new LetheError(
    typeof refusal.code === 'string' ? refusal.code : 'ANSWER_INVALID',
    typeof refusal.message === 'string' ? refusal.message : `HTTP ${status}`,
    { status, retryAfterSeconds },
  )
}
