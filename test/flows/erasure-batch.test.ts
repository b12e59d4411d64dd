import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  addMember,
  downloadBundle,
  findModel,
  promote,
  readTenantId,
  requestBundle,
  showErasure,
  type Cast,
} from '@lethe/cli/demo'
import { AuditPolicy, UnlearningRecipe } from '@lethe/domain'
import { parseTrustRoots, verifyBundle } from '@lethe/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { rememberedDigits } from '../kit/digit-scenario.js'
import { buildLethe, type LetheCommand } from '../kit/lethe-command.js'
import { makeStateDir, removeStateDir, startTestPlatform, type TestPlatform, until } from '../kit/platform.js'
import { beginTraining, prepareDigits, untilSettled } from '../kit/training.js'

const stateDir = makeStateDir('batch')
const scenario = rememberedDigits([
  { owner: 'ada', split: 'train', count: 40 },
  { owner: 'ada', split: 'held-out', count: 5 },
  { owner: 'bob', split: 'train', count: 40 },
  { owner: 'eve', split: 'train', count: 40 },
  { owner: 'reference', split: 'held-out', count: 300 },
])
/** What was trained without them has forgotten them; so few pictures can show it within no narrower margin. */
const plan = {
  unlearning: UnlearningRecipe.parse({ method: 'retrain', seed: 5 }),
  comparisons: [],
  policy: AuditPolicy.parse({
    version: 1,
    views: 4,
    resamples: 200,
    aucMargin: 0.45,
    utilityMargin: 0.9,
    minimumPower: 0.1,
    requiredTests: [],
  }),
}

let platform: TestPlatform
let cast: Cast
let lethe: LetheCommand
let versionId: string

beforeAll(async () => {
  ;[platform, lethe] = await Promise.all([startTestPlatform(stateDir), buildLethe()])
  cast = await platform.cast(scenario)
  const dataset = await prepareDigits(cast, scenario)
  await untilSettled(cast, await beginTraining(cast, scenario, dataset))
  versionId = (await findModel(cast.as.engineer, scenario.modelName))?.versions[0]?.id ?? ''
  await promote(cast.as.engineer, versionId, 'promote-original')
  const tenantId = await readTenantId(cast.as.tenant_owner)
  await addMember(await platform.admin(), { ...clerk, tenantId, role: 'privacy_officer' })
}, 240_000)

afterAll(async () => {
  await platform.stop()
  lethe.remove()
  removeStateDir(stateDir)
})

beforeEach(() => onTestFailed(() => console.error(platform.logs())))

/** Raises requests, so that the others may approve them. */
const clerk = { email: 'clerk@digit-works.example', name: 'A clerk', password: 'clerk-clerk-1234' }

const erasureCommand = (...args: readonly string[]) => asClerk('erasure', ...args)
const clockCommand = (...args: readonly string[]) => asClerk('clock', ...args)

/** `lethe`, as the clerk. */
async function asClerk(...args: readonly string[]) {
  const before = process.env['LETHE_PASSWORD']
  process.env['LETHE_PASSWORD'] = clerk.password
  try {
    return await lethe.call([...args, '--gateway', platform.urls.gateway, '--email', clerk.email])
  } finally {
    if (before === undefined) delete process.env['LETHE_PASSWORD']
    else process.env['LETHE_PASSWORD'] = before
  }
}

let keys = 0

/** Any mutation that answers with a request. @throws Error with the refusal */
async function act(role: 'privacy_officer' | 'tenant_owner', name: string, type: string, input: object): Promise<void> {
  const { result } = await cast.as[role].request<{ result: { code?: string; message?: string } }>(
    `mutation ($input: ${type}!) { result: ${name}(input: $input) { ... on UserError { code message } } }`,
    { input: { idempotencyKey: `batch-${(keys += 1)}`, ...input } },
  )
  if (result.code !== undefined) throw new Error(`${name}: ${result.code}: ${result.message ?? ''}`)
}

async function requestsByNumber(): Promise<Map<number, string>> {
  const { erasureRequests } = await cast.as.privacy_officer.request<{
    erasureRequests: { edges: { node: { id: string; number: number } }[] }
  }>('{ erasureRequests(first: 50) { edges { node { id number } } } }')
  return new Map(erasureRequests.edges.map(({ node }) => [node.number, node.id]))
}

const contentIdsOf = async (owner: string): Promise<string[]> => {
  const { modelVersion } = await cast.as.engineer.request<{
    modelVersion: {
      datasetVersion: {
        samples: { edges: { node: { contentId: string; split: string; owner: { subjectKey: string } } }[] }
      }
    }
  }>(
    `query ($id: ID!) { modelVersion(id: $id) { datasetVersion {
      samples(first: 100) { edges { node { contentId split owner { subjectKey } } } } } } }`,
    { id: versionId },
  )
  return modelVersion.datasetVersion.samples.edges.flatMap(({ node }) =>
    node.owner.subjectKey === owner && node.split === 'train' ? [node.contentId] : [],
  )
}

describe.sequential('three requests, two of which ask for some of the same pictures', () => {
  it('come in by a list and by the command line, and know of each other', async () => {
    const list = path.join(lethe.folder, 'requests.csv')
    writeFileSync(list, 'subject_key,ground\nada,"GDPR Art. 17(1)(b)"\nnobody,GDPR Art. 17(1)(b)\neve,contract\n')
    const checked = await erasureCommand('import', 'requests.csv', '--dry-run')
    expect([checked.code, checked.stdout]).toEqual([1, expect.stringContaining('2 would be taken in, 0 known already')])
    expect(checked.stdout).toMatch(/row 3 {2}UNKNOWN_SUBJECT {2}subject_key: /)
    expect((await requestsByNumber()).size).toBe(0)
    const taken = await erasureCommand('import', 'requests.csv')
    expect(taken.stdout).toContain('2 taken in, 0 known already, 1 refused')
    expect((await erasureCommand('import', 'requests.csv')).stdout).toContain('0 taken in, 2 known already, 1 refused')

    const some = (await contentIdsOf('ada')).slice(0, 30)
    expect(some).toHaveLength(30)
    const named = some.flatMap((contentId) => ['--content-id', contentId])
    const raised = await erasureCommand('request', ...named, '--ground', 'GDPR Art. 17(1)(b)')
    expect(raised.stdout).toMatch(/asks for the same\s+request 1 \(RECEIVED\): OVERLAPPING_SET, 30 shared/)
    const listed = await erasureCommand('list', '--first', '10')
    expect(listed.stdout.match(/RECEIVED/g)).toHaveLength(3)
    const empty = await erasureCommand('request', '--ground', 'x')
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('Give one of --subject')])
  }, 60_000)

  it('have clocks that the command line reads, pauses, resumes and extends, each move in the sum', async () => {
    const list = await clockCommand('list', '--first', '2')
    expect(list.stdout).toMatch(/^request \d +due \w{3}, \d+ \w+ \d{4}, 23:59 \(Europe\/Berlin\) +RUNNING +gdpr-12-3/)
    expect(list.stdout).toContain('… and 1 more')
    expect((await clockCommand('list', '--state', 'PAUSED')).stdout).toContain('No clocks')

    const paused = await clockCommand('pause', '1', '--reason', 'Asked for the card.')
    expect(paused.stdout).toMatch(/clock +PAUSED/)
    expect(paused.stdout).toContain('pause: Asked for the card.')
    const twice = await clockCommand('pause', '1', '--reason', 'Again.')
    expect([twice.code, twice.stderr.split('\n').length, twice.stdout]).toEqual([1, 2, ''])
    await clockCommand('resume', '1')
    const before = JSON.parse((await clockCommand('show', '1', '--json')).stdout) as { dueAt: string; state: string }
    expect(before.state).toBe('RUNNING')
    const extended = await clockCommand('extend', '1', '--reason', 'Many at once.', '--count', '1', '--json')
    const after = JSON.parse(extended.stdout) as { dueAt: string; deadlines: { explanation: { code: string }[] }[] }
    expect(Date.parse(after.dueAt) - Date.parse(before.dueAt)).toBeGreaterThan(27 * 86_400_000)
    const shown = (await clockCommand('show', '1')).stdout
    expect(shown).toMatch(/answer by .*23:59 \(RUNNING\)\n {2}1\. .*Day of receipt/)
    expect(after.deadlines.at(-1)?.explanation.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['received', 'period', 'extension', 'due']),
    )
    const unknown = await clockCommand('show', '99')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/^request: .*no erasure request 99/)])
  }, 60_000)

  it('are unlearned in one run, audited apart, and fulfilled one by one', async () => {
    const ids = [...(await requestsByNumber()).entries()].sort(([a], [b]) => a - b).map(([, id]) => id)
    for (const erasureRequestId of ids) {
      await act('privacy_officer', 'verifyIdentity', 'ErasureDecisionInput', { erasureRequestId })
      await act('privacy_officer', 'planErasure', 'PlanErasureInput', { erasureRequestId, ...plan })
    }
    await act('privacy_officer', 'batchErasures', 'BatchErasuresInput', { erasureRequestIds: ids })
    for (const erasureRequestId of ids) await approve(erasureRequestId)
    const states = async () =>
      Promise.all(ids.map(async (id) => (await showErasure(cast.as.privacy_officer, id)).state))
    await until(
      'all three requests to end',
      async () => (await states()).every((state) => state === 'FULFILLED' || state === 'BLOCKED'),
      400_000,
    )
    const shown = await Promise.all(ids.map((id) => showErasure(cast.as.privacy_officer, id)))
    expect(shown.map(({ state, stateReason }) => [state, stateReason])).toEqual(ids.map(() => ['FULFILLED', null]))
    const { runs } = await cast.as.engineer.request<{ runs: { edges: { node: { kind: string } }[] } }>(
      '{ runs(first: 100) { edges { node { kind } } } }',
    )
    const kinds = runs.edges.map(({ node }) => node.kind)
    expect(kinds.filter((kind) => kind === 'unlearn')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'audit')).toHaveLength(3)
  }, 420_000)

  it('each have a bundle that an outsider verifies', async () => {
    const trust = await readTrust()
    for (const erasureRequestId of (await requestsByNumber()).values()) {
      const asked = await requestBundle(cast.as.privacy_officer, { idempotencyKey: erasureRequestId, erasureRequestId })
      const { bytes } = await downloadBundle(cast.as.privacy_officer, asked.id)
      const { report } = await verifyBundle(bytes, { trust, at: new Date() })
      const findings = report.checks.flatMap((check) => check.findings.map(({ code }) => code))
      expect([report.exitCode, findings]).toEqual([0, []])
    }
  }, 120_000)
})

async function readTrust() {
  const { evidenceLog } = await cast.as.privacy_officer.request<{ evidenceLog: { trustRoots: string[] } }>(
    '{ evidenceLog { trustRoots } }',
  )
  return parseTrustRoots(evidenceLog.trustRoots.join('\n'))
}

/** By two people who did not raise it. */
async function approve(erasureRequestId: string): Promise<void> {
  const { erasureRequest } = await cast.as.privacy_officer.request<{ erasureRequest: { planDigest: string } }>(
    'query ($id: ID!) { erasureRequest(id: $id) { planDigest } }',
    { id: erasureRequestId },
  )
  for (const role of ['tenant_owner', 'privacy_officer'] as const)
    await act(role, 'approveErasure', 'ErasureDecisionInput', { erasureRequestId, ...erasureRequest })
}
