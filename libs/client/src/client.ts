import { follow } from './follow.js'
import * as operations from './generated/operations.js'
import { LetheError } from './lethe-error.js'
import type { AnswerOf, Operation } from './operation.js'
import { type Answer, assertOk, type ClientOptions, dataOf, Transport } from './transport.js'

type AnyOperation = Operation<string, never, never>
type VariablesOf<O> = O extends Operation<string, infer _Result, infer Variables> ? Variables : never
/** Variables may be left out where every one has a value of its own. */
type Given<Variables> = Record<never, never> extends Variables ? [variables?: Variables] : [variables: Variables]
type InputOf<O> = VariablesOf<O> extends { input: infer Input } ? Input : never
/** A mutation's input; the client draws a key for whoever brings none. */
type Keyed<Input> = Omit<Input, 'idempotencyKey'> & { idempotencyKey?: string }

type Queries = {
  readonly [Name in keyof typeof operations.query]: (
    ...args: Given<VariablesOf<(typeof operations.query)[Name]>>
  ) => Promise<AnswerOf<(typeof operations.query)[Name]>>
}
type Mutations = {
  readonly [Name in keyof typeof operations.mutation]: (
    input: Keyed<InputOf<(typeof operations.mutation)[Name]>>,
  ) => Promise<AnswerOf<(typeof operations.mutation)[Name]>>
}
type Subscriptions = {
  readonly [Name in keyof typeof operations.subscription]: (
    variables: VariablesOf<(typeof operations.subscription)[Name]>,
    signal?: AbortSignal,
  ) => AsyncGenerator<AnswerOf<(typeof operations.subscription)[Name]>>
}

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

/** One caller at the gateway's public interfaces. Methods of the three kinds are named like the schema's. */
export interface Client {
  readonly query: Queries
  /** Each answers with what it made or a refusal (`__typename: 'UserError'`); see {@link orThrow}. */
  readonly mutation: Mutations
  readonly subscription: Subscriptions
  /** A document of one's own. @throws LetheError for the first error of its answer */
  request<Result>(text: string, variables?: Readonly<Record<string, unknown>>): Promise<Result>
  /** The nodes of a connection, page by page as they are read. */
  pages<Variables extends { after?: string | null | undefined }, Node>(
    list: (variables: Variables) => Promise<Page<Node>>,
    variables: Omit<Variables, 'after'>,
  ): AsyncGenerator<Node>
  /** Sends bytes to where `registerDataset` finds them. @returns their SHA-256, lower-case hex */
  upload(bytes: Uint8Array<ArrayBuffer>): Promise<string>
}

const newKey = (): string => globalThis.crypto.randomUUID()

export function createClient(options: ClientOptions): Client {
  const transport = new Transport(options)
  const bodyOf = ({ text, hash }: AnyOperation, variables: object): object =>
    options.trustedDocuments === true ? { documentId: `sha256:${hash}`, variables } : { query: text, variables }

  const execute = async (body: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await transport.send({
      path: '/graphql',
      isRepeatable: true,
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
        body: JSON.stringify(body),
      },
    })
    return dataOf(await answerIn(response), response.status)
  }
  const run = async (wanted: AnyOperation, variables: object): Promise<unknown> =>
    (await execute(bodyOf(wanted, variables)))[wanted.name]

  const client: Client = {
    query: callsOf(
      operations.query,
      (wanted) =>
        (variables: object = {}) =>
          run(wanted, variables),
    ) as Queries,
    mutation: callsOf(
      operations.mutation,
      (wanted) => (input: object) =>
        run(wanted, { input: wanted.isKeyed ? { idempotencyKey: newKey(), ...input } : input }),
    ) as Mutations,
    subscription: callsOf(
      operations.subscription,
      (wanted) => (variables: object, signal?: AbortSignal) =>
        answersOf(follow(transport, bodyOf(wanted, variables), signal), wanted.name),
    ) as Subscriptions,
    request: async <Result>(query: string, variables: Readonly<Record<string, unknown>> = {}) =>
      (await execute({ query, variables })) as Result,
    pages,
    upload: (bytes) => upload(client, transport, bytes),
  }
  return client
}

/** One function for each operation of a kind. */
const callsOf = (of: Readonly<Record<string, unknown>>, call: (wanted: AnyOperation) => unknown): unknown =>
  Object.fromEntries(Object.entries(of).map(([name, wanted]) => [name, call(wanted as AnyOperation)]))

async function answerIn(response: Response): Promise<Answer> {
  const text = await response.text()
  try {
    return JSON.parse(text) as Answer
  } catch {
    throw new LetheError('ANSWER_INVALID', `HTTP ${response.status} without JSON.`, { status: response.status })
  }
}

async function* answersOf(
  answers: AsyncGenerator<Readonly<Record<string, unknown>>>,
  name: string,
): AsyncGenerator<unknown> {
  for await (const answer of answers) yield answer[name]
}

async function* pages<Variables extends { after?: string | null | undefined }, Node>(
  list: (variables: Variables) => Promise<Page<Node>>,
  variables: Omit<Variables, 'after'>,
): AsyncGenerator<Node> {
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = await list({ ...variables, after } as unknown as Variables)
    for (const { node } of edges) yield node
    if (!pageInfo.hasNextPage) return
    after = pageInfo.endCursor
  }
}

async function upload(client: Client, transport: Transport, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hashed = await globalThis.crypto.subtle.digest('SHA-256', bytes)
  const digest = Array.from(new Uint8Array(hashed), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const granted = await client.mutation.createUpload({ digest, sizeBytes: bytes.byteLength })
  if (granted.__typename !== 'Upload') throw new LetheError(granted.code, granted.message)
  const response = await transport.send({
    path: granted.url,
    isRepeatable: true,
    init: { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes },
  })
  await assertOk(response)
  return digest
}
