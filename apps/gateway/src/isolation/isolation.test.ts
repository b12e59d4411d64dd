import { newId } from '@lethe/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestRole } from '../testing/gateway-rig.js'
import {
  anonymousBreaches,
  ask,
  codesOf,
  foreignBreaches,
  operationsWithoutRow,
  outsideCaseBreaches,
  permittedBreaches,
  permittedMutationBreaches,
  withoutRightBreaches,
} from './matrix.js'
import { routeBreaches, routesWithoutRow } from './routes.js'
import { keyOf, memberRoles, outsiderOf, type Stage, startStage } from './stage.js'
import { subscriptionBreaches } from './subscriptions.js'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

describe('the matrix', () => {
  it('has a row for every operation of the schema', () => expect(operationsWithoutRow()).toEqual([]))
  it('has a row for every route that is served', () => expect(routesWithoutRow(stage.rig.gateway.app)).toEqual([]))
})

describe('operations', () => {
  it('show and change nothing for whoever is not signed in', async () =>
    expect(await anonymousBreaches(stage)).toEqual([]))

  it.each([...memberRoles, 'platform_admin'] as const)(
    'refuse a %s of the tenant what the table of roles does not allow, and nothing is left behind',
    async (role) => expect(await withoutRightBreaches(stage, role)).toEqual([]),
  )

  it.each(memberRoles)("show and change nothing of acme's for a %s of another tenant", async (role) =>
    expect(await foreignBreaches(stage, role)).toEqual([]),
  )

  it("show and change nothing of acme's for a key of another tenant", async () => {
    const token = await keyOf(stage, stage.rival, 'privacy_officer')
    expect(await foreignBreaches(stage, 'privacy_officer', { who: "the rival's key", token, viaKey: true })).toEqual([])
  })

  it('show and change nothing of a case for an auditor of the tenant to whom it was not opened', async () =>
    expect(await outsideCaseBreaches(stage, await outsiderOf(stage))).toEqual([]))

  it.each(memberRoles)('give a %s of the tenant what the table of roles allows', async (role) =>
    expect(await permittedBreaches(stage, role)).toEqual([]),
  )
})

describe('subscriptions', () => {
  it('tell nobody of another tenant, refuse whom the table of roles refuses, and tell the others', async () =>
    expect(await subscriptionBreaches(stage)).toEqual([]))
})

describe('routes', () => {
  it.each(['anonymous', 'rival', 'without the right', 'permitted'] as const)(
    'answer as their rows say: %s',
    async (caller) => expect(await routeBreaches(stage, caller)).toEqual([]),
  )
})

describe('within a tenant', () => {
  const request = (role: TestRole, document: string, variables: object) =>
    stage.rig.graphql(stage.acme.tokens[role], document, variables)

  it('a data owner sees their own requests only', async () => {
    const asked = await request(
      'privacy_officer',
      'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
      {
        input: {
          idempotencyKey: newId(),
          ground: 'g',
          selection: { contentIds: [stage.things.otherContentIds[0]] },
        },
      },
    )
    const { id } = asked.data?.['requestErasure'] as { id: string }
    const one = await request('data_owner', 'query ($id: ID!) { erasureRequest(id: $id) { id } }', { id })
    expect(one.data).toEqual({ erasureRequest: null })
    const list = await ask(stage, stage.acme.tokens.data_owner, 'erasureRequests')
    expect(list.data).toMatchObject({ erasureRequests: { totalCount: 1 } })
    const withdrawn = await request(
      'data_owner',
      'mutation ($input: ErasureDecisionInput!) { withdrawErasure(input: $input) { ... on UserError { code } } }',
      { input: { idempotencyKey: newId(), erasureRequestId: id } },
    )
    expect(withdrawn.data).toMatchObject({ withdrawErasure: { code: 'NOT_FOUND' } })
  })

  it('an auditor is not told by which key the tenant knows a data owner, wherever one is shown', async () => {
    const everywhere = `query ($version: ID!, $owner: ID!) {
      datasetVersion(id: $version) { samples(first: 1) { edges { node { owner { subjectKey } } } }
        owners(first: 100) { edges { node { owner { id subjectKey } } } } }
      node(id: $owner) { ... on DataOwner { subjectKey } } }`
    const { datasetVersionId: version, ownerId: owner } = stage.things
    const seen = async (role: TestRole) => JSON.stringify(await request(role, everywhere, { version, owner }))
    expect((await seen('engineer')).split('subject-acme')).toHaveLength(4)
    const withheld = await seen('auditor')
    expect(withheld).not.toMatch(/subject-acme|stranger|errors/)
    expect(withheld.split(`withheld-${owner.slice(-8)}`)).toHaveLength(4)
  })

  it('an auditor is told no name, and a data owner nothing of the datasets behind a model', async () => {
    const owner = 'query ($id: ID!) { erasureRequest(id: $id) { owner { subjectKey } } }'
    const seen = (role: TestRole) => request(role, owner, { id: stage.things.erasureRequestId })
    expect((await seen('auditor')).data).toEqual({ erasureRequest: { owner: null } })
    expect((await seen('privacy_officer')).data).toEqual({ erasureRequest: { owner: { subjectKey: 'subject-acme' } } })
    const behind = `{ previewErasure(selection: { subjectKey: "subject-acme" }) {
      affected { modelVersion { datasetVersion { samples { totalCount } } } } } }`
    const answered = await request('data_owner', behind, {})
    expect(codesOf(answered)).toEqual(['FORBIDDEN'])
    expect(answered.data ?? null).toBeNull()
  })
})

describe('what changes something', () => {
  it.each(memberRoles)('is answered for a %s of the tenant whom the table of roles allows it', async (role) =>
    expect(await permittedMutationBreaches(stage, role)).toEqual([]),
  )
})
