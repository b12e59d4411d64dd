import { newId } from '@lethe/db'
import { type Action, isForKeys, mayDo, type Role } from '@lethe/domain'
import type { GraphQLField, GraphQLObjectType } from 'graphql'
import { createSchema } from '../graphql/build-schema.js'
import { requirementOf, type Requirement } from '../graphql/requires.js'
import type { GraphqlAnswer } from '../testing/gateway-rig.js'
import { footprintOf, marksOf } from './footprint.js'
import { mutationRows } from './mutation-rows.js'
import { queryRows } from './query-rows.js'
import type { QueryRow, Things } from './row.js'
import { memberRoles, type Stage } from './stage.js'
import { subscriptionRows } from './subscription-rows.js'

/** One line for each promise that was not kept; empty where tenants are apart. */
export type Breaches = readonly string[]

const schema = createSchema()
const fieldsOf = (type: unknown): GraphQLField<unknown, unknown>[] =>
  Object.values((type as GraphQLObjectType).getFields())
const queries = fieldsOf(schema.getQueryType())
const mutations = fieldsOf(schema.getMutationType())
export const subscriptions = fieldsOf(schema.getSubscriptionType())

export const ruleOf = ({ extensions }: GraphQLField<unknown, unknown>): Requirement | undefined =>
  requirementOf(extensions)
export const may = (role: Role, rule: Requirement | undefined): boolean =>
  rule !== undefined && (rule === 'anyone' || mayDo(role, rule))

/** Operations of the schema without a row, and rows without an operation. */
export function operationsWithoutRow(): Breaches {
  const missing = (fields: typeof queries, rows: object): string[] => {
    const names = fields.map(({ name }) => name)
    return [
      ...names.filter((name) => !Object.hasOwn(rows, name)).map((name) => `${name} has no row`),
      ...Object.keys(rows)
        .filter((name) => !names.includes(name))
        .map((name) => `${name} is no operation`),
    ]
  }
  return [
    ...missing(queries, queryRows),
    ...missing(mutations, mutationRows),
    ...missing(subscriptions, subscriptionRows),
  ]
}

export const variablesOf = (things: Things): Record<string, string | number> => ({
  evidenceSeq: things.evidenceSeq,
  tenant: things.tenantId,
  id: things.datasetId,
  dataset: things.datasetId,
  datasetVersion: things.datasetVersionId,
  model: things.modelId,
  modelVersion: things.modelVersionId,
  run: things.runId,
  audit: things.auditId,
  erasureRequest: things.erasureRequestId,
  evidenceBundle: things.evidenceBundleId,
  webhook: things.webhookId,
  webhookDelivery: things.webhookDeliveryId,
})

/** Asks one operation for things of acme. */
export function ask(stage: Stage, token: string | null, name: string): Promise<GraphqlAnswer> {
  const { rig, things } = stage
  const query = queryRows[name]
  if (query !== undefined) return rig.graphql(token, query.document, variablesOf(things))
  const mutation = mutationRows[name]
  if (mutation === undefined) throw new Error(`${name} has no row`)
  const input = { ...(mutation.isKeyless ? {} : { idempotencyKey: newId() }), ...mutation.input(things) }
  return rig.graphql(token, mutation.document, { ...variablesOf(things), input })
}

export const codesOf = ({ errors }: GraphqlAnswer): unknown[] => (errors ?? []).map((e) => e.extensions['code'])

/** Refused with this code and nothing else in the answer. */
function refusalBreach(who: string, name: string, answer: GraphqlAnswer, code: string): string[] {
  const codes = codesOf(answer)
  const isRefused = codes.length === 1 && codes[0] === code && (answer.data?.[name] ?? null) === null
  return isRefused ? [] : [`${who}: ${name} must answer ${code}, and answered ${JSON.stringify(answer)}`]
}

async function withoutSideEffect(stage: Stage, who: string, work: () => Promise<string[]>): Promise<Breaches> {
  const before = await footprintOf(stage)
  const breaches = await work()
  return (await footprintOf(stage)) === before ? breaches : [...breaches, `${who}: left rows, messages or blobs behind`]
}

export const anonymousBreaches = (stage: Stage): Promise<Breaches> =>
  withoutSideEffect(stage, 'anonymous', async () => {
    const breaches: string[] = []
    for (const field of [...queries, ...mutations].filter((each) => ruleOf(each) !== 'anyone'))
      breaches.push(...refusalBreach('anonymous', field.name, await ask(stage, null, field.name), 'UNAUTHENTICATED'))
    return breaches
  })

/** A member of acme, or the platform's admin, asks whatever the table of roles does not allow. */
export const withoutRightBreaches = (stage: Stage, role: Role): Promise<Breaches> =>
  withoutSideEffect(stage, role, async () => {
    const breaches: string[] = []
    const token = stage.tokenOf(role)
    for (const field of [...queries, ...mutations].filter((each) => !may(role, ruleOf(each))))
      breaches.push(...refusalBreach(role, field.name, await ask(stage, token, field.name), 'FORBIDDEN'))
    return breaches
  })

function foreignBreach(who: string, name: string, answer: GraphqlAnswer, expected: QueryRow['foreign']): string[] {
  const value = answer.data?.[name] ?? null
  const [codes, empty] = [codesOf(answer), JSON.stringify({ totalCount: 0, edges: [] })]
  const isKept =
    expected === 'own'
      ? codes.length === 0
      : expected === 'null'
        ? codes.length === 0 && value === null
        : expected === 'empty'
          ? codes.length === 0 && JSON.stringify(value) === empty
          : value === null && codes.length === 1 && codes[0] === expected
  return isKept ? [] : [`${who}: ${name} must answer ${expected}, and answered ${JSON.stringify(answer)}`]
}

function markBreach(who: string, name: string, text: string, marks: ReadonlySet<string>): string[] {
  const leaked = [...marks].filter((mark) => text.includes(mark))
  const named = /acme/.test(text) ? ['its name'] : []
  return [...leaked, ...named].map((mark) => `${who}: ${name} gave away ${mark} of acme`)
}

/** A member of another tenant who has the right, or a key of theirs, asks for things of acme. */
export const foreignBreaches = (
  stage: Stage,
  role: (typeof memberRoles)[number],
  { who = `the rival's ${role}`, token = stage.rival.tokens[role], viaKey = false } = {},
): Promise<Breaches> =>
  withoutSideEffect(stage, who, async () => {
    const marks = await marksOf(stage)
    const breaches: string[] = []
    for (const field of queries.filter((each) => may(role, ruleOf(each)))) {
      const answer = await ask(stage, token, field.name)
      breaches.push(
        ...foreignBreach(who, field.name, answer, queryRows[field.name]?.foreign ?? 'null'),
        ...markBreach(who, field.name, JSON.stringify(answer.data ?? null), marks),
      )
    }
    for (const field of mutations.filter((each) => may(role, ruleOf(each)))) {
      const expected = mutationRows[field.name]?.foreign ?? 'NOT_FOUND'
      // What is theirs to do changes their own tenant, and has tests of its own.
      if (expected === 'own') continue
      const answer = await ask(stage, token, field.name)
      if (viaKey && !isForKeys(ruleOf(field) as Action)) {
        breaches.push(...refusalBreach(who, field.name, answer, 'FORBIDDEN'))
        continue
      }
      const { code } = (answer.data?.[field.name] ?? {}) as { code?: string }
      if (code !== expected)
        breaches.push(`${who}: ${field.name} must answer ${expected}, and answered ${JSON.stringify(answer)}`)
    }
    return breaches
  })

/** An auditor of acme who was opened none of its cases: nothing of a case may be in any answer, and none changes. */
export const outsideCaseBreaches = (stage: Stage, token: string): Promise<Breaches> =>
  withoutSideEffect(stage, 'an auditor outside the case', async () => {
    const { erasureRequestId, auditId, evidenceBundleId, subjectKey } = stage.things
    const breaches: string[] = []
    for (const field of [...queries, ...mutations].filter((each) => may('auditor', ruleOf(each)))) {
      if (mutationRows[field.name]?.foreign === 'own') continue
      const text = JSON.stringify((await ask(stage, token, field.name)).data ?? null)
      for (const mark of [erasureRequestId, auditId, evidenceBundleId, subjectKey])
        if (text.includes(mark)) breaches.push(`an auditor outside the case: ${field.name} gave away ${mark}`)
    }
    return breaches
  })

/** A member of acme who has the right: without these lines a gateway that refuses everything would pass. */
export async function permittedBreaches(stage: Stage, role: (typeof memberRoles)[number]): Promise<Breaches> {
  const breaches: string[] = []
  for (const field of queries.filter((each) => may(role, ruleOf(each)))) {
    const answer = await ask(stage, stage.acme.tokens[role], field.name)
    const value = answer.data?.[field.name] as { totalCount?: number } | null | undefined
    const own = queryRows[field.name]?.own
    const isKept =
      answer.errors === undefined &&
      (own !== 'found' || value != null) &&
      (own !== 'listed' || (value?.totalCount ?? 0) > 0)
    if (!isKept) breaches.push(`${role}: ${field.name} must be ${own}, and answered ${JSON.stringify(answer)}`)
  }
  return breaches
}

/** The same for what changes something: whatever state things are in, it is no question of rights. Changes acme. */
export async function permittedMutationBreaches(stage: Stage, role: (typeof memberRoles)[number]): Promise<Breaches> {
  const breaches: string[] = []
  for (const field of mutations.filter((each) => may(role, ruleOf(each)))) {
    const answer = await ask(stage, stage.acme.tokens[role], field.name)
    if (answer.errors !== undefined || answer.data?.[field.name] == null)
      breaches.push(`${role}: ${field.name} must be answered, and answered ${JSON.stringify(answer)}`)
  }
  return breaches
}
