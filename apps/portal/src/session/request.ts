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

/** Runs one generated document through this site's own proxy. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await fetch('/api/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
    ...(signal ? { signal } : {}),
  })
  const body = (await response.json().catch(() => null)) as Answer<Result> | null
  const problem = body?.errors?.[0]
  if (problem)
    throw new GatewayError(problem.message, problem.extensions?.code ?? 'ERROR', problem.extensions?.correlationId)
  if (!response.ok || body?.data == null) throw new GatewayError(`HTTP ${response.status}`, 'NO_DATA')
  return body.data
}
