import type { TypedDocumentString } from '@/gql/graphql'

/** A refusal by the gateway or on the way to it. */
export class GatewayError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly correlationId?: string,
  ) {
    super(message)
    this.name = 'GatewayError'
  }
}

interface Answer<Result> {
  data?: Result | null
  errors?: { message: string; extensions?: { code?: string; correlationId?: string } }[]
}

const post = (body: object, signal: AbortSignal | undefined): Promise<Response> =>
  fetch('/api/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })

/** Trusted documents are named by their hash; a gateway that does not know them is told the document itself. */
let isKnown = true

/** After a refusal for it. @returns whether it makes sense to ask again */
export function tellWholeDocuments(): boolean {
  const wasKnown = isKnown
  isKnown = false
  return wasKnown
}

export function namedBy<Result, Variables>(document: TypedDocumentString<Result, Variables>): object {
  const hash: unknown = document.__meta__?.['hash']
  return isKnown && typeof hash === 'string' ? { documentId: `sha256:${hash}` } : { query: document.toString() }
}

/** Runs one generated document through this site's own proxy. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await post({ ...namedBy(document), variables }, signal)
  const body = (await response.json().catch(() => null)) as Answer<Result> | null
  const problem = body?.errors?.[0]
  if (problem?.extensions?.code === 'DOCUMENT_UNKNOWN' && tellWholeDocuments())
    return request(document, variables, signal)
  if (problem)
    throw new GatewayError(problem.message, problem.extensions?.code ?? 'ERROR', problem.extensions?.correlationId)
  if (!response.ok || body?.data == null) throw new GatewayError(`HTTP ${response.status}`, 'NO_DATA')
  return body.data
}
