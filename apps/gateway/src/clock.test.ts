import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { adminEmail, type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let tenant: TestTenant
let data: SeededData
let requestId: string

beforeAll(async () => {
  rig = await startGatewayRig()
  tenant = await rig.createTenant('acme')
  data = await seedModel(rig, tenant, 'acme')
})
afterAll(() => rig.stop())

let keys = 0
const calendar = { timeZone: 'Europe/Berlin', holidays: ['2026-12-25'], statuteId: 'gdpr-12-3' }
const office = { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }
const contract = { period: { unit: 'business-hour', count: 40 }, pauses: true, workingHours: office }

const fieldsOf: Record<string, string> = {
  ErasureRequest: 'id',
  SlaClock: `state statuteId ruleVersion dueAt allowedActions events { kind reason } deadlines { kind state }
    explanation { code count unit reason }`,
  TenantCalendar: 'timeZone holidays statuteId statutes { statuteId version period { unit count } }',
}

async function mutate(name: string, inputType: string, input: object, role: TestRole = 'privacy_officer') {
  const result = { requestErasure: 'ErasureRequest', setTenantCalendar: 'TenantCalendar' }[name] ?? 'SlaClock'
  const fields = `__typename ... on UserError { code field } ... on ${result} { ${fieldsOf[result]} }`
  const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${fields} } }`
  const { data: answer, errors } = await rig.graphql(tenant.tokens[role], query, {
    input: { idempotencyKey: `key-${(keys += 1)}`, ...input },
  })
  if (errors) throw new Error(JSON.stringify(errors))
  return answer?.[name] as Record<string, unknown> & { __typename: string }
}

const move = (name: string, more: object = {}) =>
  mutate(name, 'ClockMoveInput', { erasureRequestId: requestId, reason: 'Doubt.', ...more })
const changeRule = (statuteId: string) =>
  mutate('changeClockRule', 'ChangeClockRuleInput', { erasureRequestId: requestId, reason: 'Other law.', statuteId })
const setCalendar = (more: object, role?: TestRole) =>
  mutate('setTenantCalendar', 'SetTenantCalendarInput', { ...calendar, ...more }, role)

const ask = async (): Promise<string> => {
  const selection = { subjectKey: data.subjectKey }
  const asked = await mutate('requestErasure', 'RequestErasureInput', { ground: 'Art. 17', selection })
  return asked['id'] as string
}

/** What is on record of a request's clock: event and due date of each entry. */
const onRecord = async () =>
  (
    await rig.sql(
      `SELECT payload #> '{predicate,event}' AS event, payload #>> '{predicate,statuteId}' AS statute, payload::text AS text
       FROM evidence WHERE request_id = $1 AND kind = 'clock-changed/v1' ORDER BY seq`,
      [requestId],
    )
  ).map(({ event, statute, text }) => {
    expect(text).not.toContain('Doubt.')
    return [(event as { kind: string } | null)?.kind, statute]
  })

beforeEach(async () => {
  await setCalendar({})
  requestId = await ask()
})

describe('a clock', () => {
  it('is paused, resumed, extended and moved to another rule, each move on record without its reason', async () => {
    expect(await move('pauseClock')).toMatchObject({
      state: 'PAUSED',
      allowedActions: ['acknowledgeRequest', 'resumeClock'],
    })
    const resumed = await move('resumeClock', { reason: '' })
    expect(resumed).toMatchObject({ state: 'RUNNING', events: [{}, { kind: 'pause', reason: 'Doubt.' }, {}] })
    expect(resumed['explanation']).toContainEqual(expect.objectContaining({ code: 'pause', unit: 'calendar-day' }))
    const extended = await mutate('extendClock', 'ExtendClockInput', {
      erasureRequestId: requestId,
      reason: 'Complex.',
      count: 1,
    })
    expect(extended['explanation']).toContainEqual({
      code: 'extension',
      count: 1,
      unit: 'calendar-month',
      reason: 'Complex.',
    })
    const changed = await changeRule('ccpa-7021')
    expect(changed).toMatchObject({ statuteId: 'ccpa-7021', ruleVersion: 2, deadlines: [{ kind: 'acknowledge' }, {}] })
    expect((changed['explanation'] as { code: string }[]).map(({ code }) => code)).toContain('pause-not-counted')
    expect(await move('acknowledgeRequest')).toMatchObject({ deadlines: [{ kind: 'acknowledge', state: 'MET' }, {}] })
    expect(await onRecord()).toEqual([
      ['start', 'gdpr-12-3'],
      ['pause', 'gdpr-12-3'],
      ['resume', 'gdpr-12-3'],
      ['extend', 'gdpr-12-3'],
      ['change', 'ccpa-7021'],
      ['acknowledge', 'ccpa-7021'],
    ])
    const notices = await rig.sql(`SELECT data FROM notice WHERE request_id = $1 AND kind = 'clock.extended'`, [
      requestId,
    ])
    expect(notices).toHaveLength(1)
  })

  it('refuses what the law does not allow, and then nothing has changed', async () => {
    expect(await move('pauseClock', { reason: ' ' })).toMatchObject({ code: 'REASON_MISSING', field: 'input.reason' })
    expect(await move('resumeClock')).toMatchObject({ code: 'CLOCK_EVENTS_INVALID' })
    expect(await changeRule('hearsay')).toMatchObject({ code: 'INVALID_INPUT', field: 'input.statuteId' })
    const extend = (count: number) =>
      mutate('extendClock', 'ExtendClockInput', { erasureRequestId: requestId, reason: 'Complex.', count })
    expect(await extend(3)).toMatchObject({ code: 'CLOCK_EVENT_REFUSED', field: 'input.count' })
    expect(await extend(0)).toMatchObject({ code: 'INVALID_INPUT' })
    await changeRule('ccpa-7021')
    expect(await move('pauseClock')).toMatchObject({ code: 'CLOCK_EVENT_REFUSED' })
    expect(await extend(45)).toMatchObject({ __typename: 'SlaClock' })
    expect(await extend(1)).toMatchObject({ code: 'CLOCK_EVENT_REFUSED' })
    expect((await onRecord()).map(([kind]) => kind)).toEqual(['start', 'change', 'extend'])
  })
})

describe('a tenant’s calendar', () => {
  it('counts for requests to come and not for clocks that run, by contract in working hours too', async () => {
    expect(await setCalendar({ statuteId: 'contract' })).toMatchObject({ code: 'CONTRACT_TERMS_MISSING' })
    const set = await setCalendar({ statuteId: 'contract', contractTerms: contract })
    expect(set['statutes']).toContainEqual({
      statuteId: 'contract',
      version: 1,
      period: { unit: 'business-hour', count: 40 },
    })
    // The same terms once more are no new version; others are.
    const again = await setCalendar({ statuteId: 'contract', contractTerms: contract })
    expect(again['statutes']).toContainEqual(expect.objectContaining({ statuteId: 'contract', version: 1 }))
    const earlier = requestId
    requestId = await ask()
    expect(await onRecord()).toEqual([['start', 'contract']])
    const rows = await rig.sql(
      'SELECT request_id, statute_id, rule_version FROM sla_clock WHERE request_id = ANY ($1)',
      [[earlier, requestId]],
    )
    expect(new Map(rows.map((row) => [row['request_id'], row['statute_id']]))).toEqual(
      new Map([
        [earlier, 'gdpr-12-3'],
        [requestId, 'contract'],
      ]),
    )
    const longer = { ...contract, period: { unit: 'business-hour', count: 80 } }
    await setCalendar({ statuteId: 'contract', contractTerms: longer })
    const moved = await changeRule('contract')
    expect(moved).toMatchObject({ statuteId: 'contract', ruleVersion: 2 })
  })

  it('is refused where it is none, and to whoever may not set it', async () => {
    expect(await setCalendar({ timeZone: 'Mars/Olympus' })).toMatchObject({ field: 'input.timeZone' })
    expect(await setCalendar({ holidays: ['2026-02-30'] })).toMatchObject({ field: 'input.holidays.0' })
    const inverted = { ...contract, workingHours: { ...office, to: '08:00' } }
    expect(await setCalendar({ contractTerms: inverted })).toMatchObject({
      field: 'input.contractTerms.workingHours.to',
    })
    await expect(setCalendar({}, 'engineer')).rejects.toThrow('FORBIDDEN')
  })

  it('says by when the list of California’s platform is due again, and keeps each fetch on record', async () => {
    const fields = `__typename ... on UserError { code field }
      ... on TenantCalendar { listAccess { fetchedAt nextDueAt isLate } }`
    const fetch = async (fetchedAt: string) => {
      const query = `mutation ($input: RecordListAccessInput!) { recordListAccess(input: $input) { ${fields} } }`
      const input = { idempotencyKey: `key-${(keys += 1)}`, fetchedAt }
      return (await rig.graphql(tenant.tokens.privacy_officer, query, { input })).data?.['recordListAccess']
    }
    // 45 days after 1 September: the last hour of 16 October in Berlin.
    expect(await fetch('2026-09-01T10:00:00Z')).toMatchObject({
      listAccess: { nextDueAt: '2026-10-16T22:00:00.000Z', isLate: true },
    })
    expect(await fetch('2026-08-01T10:00:00Z')).toMatchObject({ code: 'FETCHED_AT_INVALID', field: 'input.fetchedAt' })
    const now = new Date().toISOString()
    expect(await fetch(now)).toMatchObject({ listAccess: { fetchedAt: now, isLate: false } })
    const rows = await rig.sql(`SELECT 1 FROM evidence WHERE tenant_id = $1 AND kind = 'request-list-fetched/v1'`, [
      tenant.id,
    ])
    expect(rows).toHaveLength(2)
  })

  it('starts from a country’s public holidays', async () => {
    const query = `query ($country: String, $region: String) {
      holidayPreset(country: $country, region: $region, years: [2026]) { regions { code } holidays { day name } } }`
    const preset = async (variables: object) =>
      (await rig.graphql(tenant.tokens.engineer, query, variables)).data?.['holidayPreset']
    expect(await preset({ country: 'DE', region: 'BE' })).toMatchObject({
      holidays: expect.arrayContaining([{ day: '2026-03-08', name: 'Internationaler Frauentag' }]) as unknown,
    })
    expect(await preset({})).toMatchObject({ regions: expect.arrayContaining([{ code: 'JP' }]) as unknown })
    const { errors } = await rig.graphql(tenant.tokens.engineer, query, { country: 'XX' })
    expect(errors?.[0]?.extensions['code']).toBe('COUNTRY_UNKNOWN')
  })
})

it('the platform admin’s board says what moved a clock, and finds clocks by state and rule', async () => {
  await move('pauseClock')
  const admin = await rig.signIn(adminEmail)
  const read = async (filter: string) => {
    const query = `{ slaBoard(${filter}) { totalCount pageInfo { hasNextPage endCursor } edges { node { tenantName
      requestNumber clockState statuteId pauses isExtended notices breachProbability acknowledgeState } } } }`
    const { data: found } = await rig.graphql(admin, query)
    const { edges, ...rest } = found?.['slaBoard'] as {
      totalCount: number
      pageInfo: { hasNextPage: boolean; endCursor: string }
      edges: { node: Record<string, unknown> }[]
    }
    return { ...rest, nodes: edges.map(({ node }) => node) }
  }
  const board = async (filter: string) => (await read(`first: 100${filter}`)).nodes
  const paused = await board(', state: PAUSED')
  expect(paused.length).toBeGreaterThan(0)
  expect(paused.every((row) => row['clockState'] === 'PAUSED' && row['pauses'] === 1)).toBe(true)
  const byContract = await board(', statuteId: "contract"')
  expect(byContract.length).toBeGreaterThan(0)
  expect(byContract.every((row) => row['statuteId'] === 'contract')).toBe(true)
  expect((await read('first: 1, statuteId: "contract"')).totalCount).toBe(byContract.length)
  const whole = await board('')
  const walked: unknown[] = []
  let page = await read('first: 2')
  for (; page.pageInfo.hasNextPage; page = await read(`first: 2, after: "${page.pageInfo.endCursor}"`)) {
    walked.push(...page.nodes)
    expect(page.totalCount).toBe(whole.length)
  }
  expect([...walked, ...page.nodes]).toEqual(whole)
})
