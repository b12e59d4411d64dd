'use client'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TypedDocumentString } from '@/gql/graphql'
import { useRefusal } from '@/i18n/use-refusal'
import { GatewayError, request } from '@/session/request'

const nameOf = (document: { toString: () => unknown }): string =>
  /(?:query|mutation)\s+(\w+)/.exec(String(document))?.[1] ?? String(document)

interface Options {
  enabled?: boolean
  /** The last answer stays in view while the next is read. */
  keep?: boolean
}

export function useDocument<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { enabled = true, keep = false }: Options = {},
) {
  return useQuery({
    queryKey: [nameOf(document), variables],
    queryFn: ({ signal }) => request(document, variables, signal),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  })
}

export interface Connection<Node> {
  edges: { node: Node }[]
  pageInfo: { endCursor?: string | null; hasNextPage: boolean }
  totalCount: number
}

/** Pages of a Relay connection, gathered. */
export function useConnection<Result, Variables extends { after?: string | null | undefined }, Node>(
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'after'>,
  select: (result: Result) => Connection<Node> | null | undefined,
) {
  const query = useInfiniteQuery({
    queryKey: [nameOf(document), 'pages', variables],
    queryFn: ({ pageParam, signal }) =>
      request(document, { ...variables, after: pageParam } as unknown as Variables, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => {
      const info = select(last)?.pageInfo
      return info?.hasNextPage ? (info.endCursor ?? null) : null
    },
  })
  const pages = query.data?.pages.map(select) ?? []
  return {
    rows: pages.flatMap((page) => page?.edges.map(({ node }) => node) ?? []),
    total: pages[0]?.totalCount ?? 0,
    isPending: query.isPending,
    error: query.error,
    refetch: () => void query.refetch(),
    more: {
      hasNext: query.hasNextPage,
      pending: query.isFetchingNextPage,
      onMore: () => void query.fetchNextPage(),
    },
  }
}

interface Refused {
  readonly __typename: 'UserError'
  readonly code?: string
  readonly message: string
}

const isRefused = (value: unknown): value is Refused =>
  (value as { __typename?: unknown } | null)?.__typename === 'UserError'

/** Runs a mutation and then lets everything on screen be read again. Refusals speak the reader's language. */
export function useChange<Result, Variables>(document: TypedDocumentString<Result, Variables>) {
  const client = useQueryClient()
  const say = useRefusal()
  return useMutation({
    mutationFn: async (variables: Variables) => {
      try {
        const result = await request(document, variables)
        const members = Object.entries(result as object).map(([name, value]: [string, unknown]) => [
          name,
          isRefused(value) ? { ...value, message: say(value) } : value,
        ])
        return Object.fromEntries(members) as Result
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        throw new GatewayError(say(error), error.code, error.correlationId)
      }
    },
    onSuccess: () => void client.invalidateQueries(),
  })
}

/** One key per intent: the gateway answers a repeated one with what it did the first time. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
