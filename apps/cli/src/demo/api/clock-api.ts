import { unwrap, type GatewayClient } from '../gateway-client.js'

export type ClockState = 'RUNNING' | 'PAUSED' | 'MET' | 'BREACHED'

/** A step of the sum that leads to a due date. */
export interface ClockStepRead {
  readonly code: string
  /** YYYY-MM-DD in the clock's time zone. */
  readonly day: string
  /** The instant reached, where the rule counts hours. */
  readonly at: string | null
  readonly note: string
}

export interface ListedClock {
  readonly id: string
  readonly state: ClockState
  /** The first instant after the time allowed. */
  readonly dueAt: string
  readonly timeZone: string
  readonly statuteId: string
  readonly forecast: { readonly probability: number } | null
  readonly erasureRequest: { readonly id: string; readonly number: number; readonly state: string }
}

export interface ShownClock extends ListedClock {
  readonly citation: string
  readonly ruleVersion: number
  readonly deadlines: readonly {
    readonly kind: 'acknowledge' | 'respond'
    readonly state: ClockState
    readonly dueAt: string
    readonly explanation: readonly ClockStepRead[]
  }[]
  readonly events: readonly { readonly kind: string; readonly at: string; readonly reason: string }[]
  readonly notices: readonly { readonly deadline: string; readonly threshold: string; readonly at: string }[]
  readonly allowedActions: readonly string[]
}

const listed = 'id state dueAt timeZone statuteId forecast { probability } erasureRequest { id number state }'
const shown = `${listed} citation ruleVersion
  deadlines { kind state dueAt explanation { code day at note } }
  events { kind at reason } notices { deadline threshold at } allowedActions`

/** Nearest due first. */
export async function listClocks(
  client: GatewayClient,
  variables: { first: number; state?: ClockState; statuteId?: string },
): Promise<{ totalCount: number; clocks: ListedClock[] }> {
  const { slaClocks } = await client.request<{ slaClocks: { totalCount: number; edges: { node: ListedClock }[] } }>(
    `query ($first: Int!, $state: ClockState, $statuteId: String) {
      slaClocks(first: $first, state: $state, statuteId: $statuteId) { totalCount edges { node { ${listed} } } }
    }`,
    variables,
  )
  return { totalCount: slaClocks.totalCount, clocks: slaClocks.edges.map(({ node }) => node) }
}

/** Null where the viewer sees no such request. */
export async function showClock(client: GatewayClient, erasureRequestId: string): Promise<ShownClock | null> {
  const { erasureRequest } = await client.request<{ erasureRequest: { clock: ShownClock } | null }>(
    `query ($id: ID!) { erasureRequest(id: $id) { clock { ${shown} } } }`,
    { id: erasureRequestId },
  )
  return erasureRequest?.clock ?? null
}

interface ClockInputs {
  acknowledgeRequest: { input: 'ClockMoveInput'; fields: object }
  pauseClock: { input: 'ClockMoveInput'; fields: object }
  resumeClock: { input: 'ClockMoveInput'; fields: object }
  extendClock: { input: 'ExtendClockInput'; fields: { count?: number } }
  changeClockRule: { input: 'ChangeClockRuleInput'; fields: { statuteId: string } }
}
export type ClockMove = keyof ClockInputs

const inputTypes: { readonly [Name in ClockMove]: ClockInputs[Name]['input'] } = {
  acknowledgeRequest: 'ClockMoveInput',
  pauseClock: 'ClockMoveInput',
  resumeClock: 'ClockMoveInput',
  extendClock: 'ExtendClockInput',
  changeClockRule: 'ChangeClockRuleInput',
}

/** @throws DomainError with the code of the refusal */
export async function moveClock<Name extends ClockMove>(
  client: GatewayClient,
  move: Name,
  input: ClockInputs[Name]['fields'] & { idempotencyKey: string; erasureRequestId: string; reason?: string },
): Promise<ShownClock> {
  const { result } = await client.request<{ result: ShownClock & { __typename: 'SlaClock' } }>(
    `mutation ($input: ${inputTypes[move]}!) {
      result: ${move}(input: $input) { __typename ... on SlaClock { ${shown} } ... on UserError { code message field } }
    }`,
    { input },
  )
  return unwrap(result)
}
