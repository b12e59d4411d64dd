import type { GatewayClient, GraphqlAnswer } from '../../testing/gateway-client.js'
import type { CrowdTenant } from './crowd.js'
import type { Watch } from './watch.js'

export type Gateway = GatewayClient & { readonly url: string }

/** One caller at one gateway, and somebody else whose things they must not see. */
export interface Visit {
  readonly asker: CrowdTenant
  readonly stranger: CrowdTenant
  /** The asker's, for this time: their session or their key. */
  readonly token: string
  readonly gateway: Gateway
  /** Over the same database. */
  readonly other: Gateway
  readonly watch: Watch
  readonly n: number
}

type Data = Record<string, unknown>

/** Asks, and shows the whole answer to the watch. */
export async function ask(
  { asker, token, gateway, watch }: Visit,
  where: string,
  query: string,
  variables: object = {},
): Promise<Data> {
  watch.operations += 1
  watch.requests += 1
  const answer: GraphqlAnswer = await gateway.graphql(token, query, variables)
  watch.show(asker, where, JSON.stringify(answer))
  if (answer.status !== 200 || answer.errors !== undefined || answer.data == null)
    watch.breach(asker, where, { answered: answer })
  return answer.data ?? {}
}

/** A mutation whose answer is an id, or a refusal's code. */
export async function change(
  visit: Visit,
  { operation, answer, input }: { operation: string; answer: string; input: object },
): Promise<{ readonly id?: string; readonly code?: string }> {
  const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${operation}(input: $input) { ... on ${answer} ... on UserError { code } } }`
  const { [operation]: told } = await ask(visit, operation, query, { input })
  const { id, code, apiKey } = (told ?? {}) as { id?: string; code?: string; apiKey?: { id: string } }
  const made = apiKey?.id ?? id
  return { ...(made === undefined ? {} : { id: made }), ...(code === undefined ? {} : { code }) }
}

/** Plain HTTP at the visited gateway. */
export async function fetchPath(
  { asker, gateway, watch }: Visit,
  where: string,
  path: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly text: string }> {
  watch.requests += 1
  const response = await fetch(path.startsWith('http') ? path : gateway.url + path, init)
  const text = await response.text()
  watch.show(asker, where, text)
  return { status: response.status, text }
}

export const bearing = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
})
