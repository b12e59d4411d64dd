import { createHash } from 'node:crypto'
import { DomainError } from '@lethe/domain'
import { readEvents } from './read-events.js'

/** Reads `{ code, message }` from an answer that is not GraphQL's. */
export async function assertOk(response: Response, what: string): Promise<Response> {
  if (response.ok) return response
  const text = await response.text()
  let refusal: { code?: unknown; message?: unknown } = {}
  try {
    refusal = JSON.parse(text) as typeof refusal
  } catch {
    // Not JSON: the text itself is shown.
  }
  const code = typeof refusal.code === 'string' ? refusal.code : `HTTP_${response.status}`
  const message = typeof refusal.message === 'string' ? refusal.message : text.slice(0, 300)
  throw new DomainError(code, `${what}: ${message || response.statusText}`)
}

interface GraphqlAnswer<T> {
  data?: T | null
  errors?: readonly { message: string; extensions?: { code?: string } }[]
}

interface RefusedInput {
  __typename: 'UserError'
  code: string
  message: string
  field: string | null
}

/** A mutation's answer, or the refusal that it gave instead as an error. */
export function unwrap<T extends { __typename: string }>(result: T | RefusedInput): Exclude<T, RefusedInput> {
  if (result.__typename !== 'UserError') return result as Exclude<T, RefusedInput>
  const { code, message, field } = result as RefusedInput
  throw new DomainError(code, message, field ?? undefined)
}

const renewBeforeMs = 60_000
const requestTimeoutMs = 60_000
/** A gateway that was restarted answers again within this time. */
const unreachableMs = 20_000
const retryMs = 500
const never = new AbortController().signal

/** One signed-in person at the gateway's public interfaces. Tokens live for minutes and are renewed as they end. */
export class GatewayClient {
  readonly #url: string
  readonly #session: string
  readonly #signal: AbortSignal
  #token: { value: string; expiresAtMs: number } | null = null

  private constructor(url: string, session: string, signal: AbortSignal) {
    this.#url = url
    this.#session = session
    this.#signal = signal
  }

  /** @param signal gives up whatever the client is doing. */
  static async signIn(
    url: string,
    person: { email: string; password: string },
    signal = never,
  ): Promise<GatewayClient> {
    const answer = await fetchPatiently(new URL('/auth/sign-in/email', url), signal, {
      method: 'POST',
      // The identity provider refuses a sign-in that does not say where it comes from.
      headers: { 'content-type': 'application/json', origin: new URL(url).origin },
      body: JSON.stringify({ email: person.email, password: person.password }),
    })
    const response = await assertOk(answer, `Signing in as ${person.email}`)
    const session = response.headers.get('set-auth-token')
    await response.body?.cancel()
    if (!session) throw new DomainError('SIGN_IN', `The gateway gave ${person.email} no session.`)
    return new GatewayClient(url, session, signal)
  }

  /** A bearer token for the gateway and the embedding service. */
  async token(): Promise<string> {
    if (this.#token && this.#token.expiresAtMs - renewBeforeMs > Date.now()) return this.#token.value
    const headers = { authorization: `Bearer ${this.#session}` }
    const answer = await fetchPatiently(new URL('/auth/token', this.#url), this.#signal, { headers })
    const response = await assertOk(answer, 'Renewing the token')
    const { token } = (await response.json()) as { token: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
    this.#token = { value: token, expiresAtMs: claims.exp * 1000 }
    return token
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${await this.token()}`)
    return fetchPatiently(new URL(path, this.#url), this.#signal, { ...init, headers })
  }

  /** @throws DomainError with the code of the first GraphQL error. */
  async request<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await this.send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return dataOf((await response.json()) as GraphqlAnswer<T>)
  }

  /** Follows a subscription until it completes or `signal` aborts. */
  async *subscribe<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const response = await this.send('/graphql/stream', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
      signal,
    })
    const { body } = await assertOk(response, 'Following')
    if (!body) return
    for await (const { event, data } of readEvents(body)) {
      if (event === 'complete') return
      if (event === 'next') yield dataOf(JSON.parse(data) as GraphqlAnswer<T>)
    }
  }

  /** Puts bytes where `registerDataset` finds them. @returns their digest. */
  async upload(bytes: Uint8Array): Promise<string> {
    const digest = createHash('sha256').update(bytes).digest('hex')
    const url = await this.uploadAddress({ digest, sizeBytes: bytes.length })
    await assertOk(
      await this.send(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes }),
      'Uploading',
    )
    return digest
  }

  /** Where exactly these bytes may be sent for a day, without signing in. */
  async uploadAddress(input: { digest: string; sizeBytes: number }): Promise<string> {
    const { createUpload } = await this.request<{ createUpload: { __typename: 'Upload'; url: string } | RefusedInput }>(
      `mutation ($input: CreateUploadInput!) {
        createUpload(input: $input) { __typename ... on Upload { url } ... on UserError { code message field } }
      }`,
      { input },
    )
    return unwrap(createUpload).url
  }
}

function dataOf<T>({ data, errors }: GraphqlAnswer<T>): T {
  const [error] = errors ?? []
  if (error) throw new DomainError(error.extensions?.code ?? 'GRAPHQL', error.message)
  if (data === null || data === undefined) throw new DomainError('GRAPHQL', 'The gateway answered without data.')
  return data
}

/** Waits for a gateway that cannot be reached just now. Safe to repeat: every mutation carries an idempotency key. */
async function fetchPatiently(url: URL, signal: AbortSignal, init: RequestInit): Promise<Response> {
  for (const deadline = Date.now() + unreachableMs; ;) {
    try {
      // Whoever brings a signal follows a stream, which may be silent for long.
      const ends = init.signal ?? AbortSignal.timeout(requestTimeoutMs)
      return await fetch(url, { ...init, signal: AbortSignal.any([signal, ends]) })
    } catch (error) {
      if (!(error instanceof TypeError) || signal.aborted || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}
