import path from 'node:path'
import {
  answerErasure,
  createPlainView,
  findDataset,
  findModel,
  firstThumbnail,
  promote,
  readEvidence,
  requestBundle,
  downloadBundle,
  type Cast,
  type Scenario,
} from '@lethe/cli/demo'
import { AuditPolicy, UnlearningRecipe } from '@lethe/domain'
import { parseTrustRoots, verifyBundle } from '@lethe/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { rememberedDigits } from '../kit/digit-scenario.js'
import { foundOnDisk, picturesByOwner, type OwnerPictures } from '../kit/stored-pictures.js'
import { joinAsDataOwner, makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'
import { beginTraining, prepareDigits, untilSettled } from '../kit/training.js'

const stateDir = makeStateDir('erasure')
const scenario: Scenario = {
  ...rememberedDigits([
    { owner: 'ada', split: 'train', count: 40 },
    { owner: 'bob', split: 'train', count: 40 },
    { owner: 'eve', split: 'train', count: 40 },
    { owner: 'reference', split: 'held-out', count: 300 },
  ]),
  // What was trained without them has forgotten them; so few pictures can show it within no narrower margin.
  unlearning: UnlearningRecipe.parse({ method: 'retrain', seed: 5 }),
  comparisons: [UnlearningRecipe.parse({ method: 'fine-tune', epochs: 2, learningRate: 0.01, seed: 4 })],
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
let dataset: string
let pictures: OwnerPictures[]
const shown: string[] = []
const view = createPlainView((line) => shown.push(line))

beforeAll(async () => {
  platform = await startTestPlatform(stateDir)
  cast = await platform.cast(scenario)
  dataset = await prepareDigits(cast, scenario)
  pictures = await picturesByOwner(await scenario.dataset.build(), scenario.dataset.imageSize)
  await untilSettled(cast, await beginTraining(cast, scenario, dataset))
  const trained = (await findModel(cast.as.engineer, scenario.modelName))?.versions[0]
  await promote(cast.as.engineer, trained?.id ?? '', 'promote-original')
}, 180_000)

afterAll(async () => {
  await platform.stop()
  removeStateDir(stateDir)
})

beforeEach(() => onTestFailed(() => console.error(shown.join('\n'), platform.logs())))

/** Pictures and content ids of an owner that lie in the files of the server that keeps blobs and messages. */
function onDisk(owner: string): number[] {
  const of = pictures.find((each) => each.owner === owner)
  return [of?.pixels ?? [], of?.contentIds ?? []].map((wanted) => foundOnDisk(path.join(stateDir, 'nats'), wanted))
}

const closureOf = async (id: string) => {
  const query = 'query ($id: ID!) { erasureRequest(id: $id) { closure { thing label state basis receiptSeq } } }'
  const { erasureRequest } = await cast.as.privacy_officer.request<{
    erasureRequest: { closure: { thing: string; label: string; state: string; receiptSeq: number | null }[] }
  }>(query, { id })
  return erasureRequest.closure
}

/** What an outsider finds in a bundle of the request, by the keys of its log. */
async function verdictOfOutsider(erasureRequestId: string) {
  const asked = await requestBundle(cast.as.privacy_officer, { idempotencyKey: erasureRequestId, erasureRequestId })
  const { bytes } = await downloadBundle(cast.as.privacy_officer, asked.id)
  const { evidenceLog } = await cast.as.privacy_officer.request<{ evidenceLog: { trustRoots: string[] } }>(
    '{ evidenceLog { trustRoots } }',
  )
  const trust = await parseTrustRoots(evidenceLog.trustRoots.join('\n'))
  const { report } = await verifyBundle(bytes, { trust, at: new Date() })
  return {
    exitCode: report.exitCode,
    findings: report.checks.flatMap(({ findings }) => findings.map(({ code }) => code)),
  }
}

describe.sequential('deleted means deleted', () => {
  it('one owner’s pictures are gone from every file, the others’ are where they were', async () => {
    expect([onDisk('ada'), onDisk('bob'), onDisk('eve')]).toEqual([
      [40, 40],
      [40, 40],
      [40, 40],
    ])
    const request = await answerErasure(cast, scenario, view)
    expect(request, request.stateReason ?? '').toMatchObject({
      state: 'FULFILLED',
      clock: { state: 'MET' },
      audits: [{ verdict: 'PASS' }],
    })
    expect([onDisk('ada'), onDisk('bob')]).toEqual([
      [0, 0],
      [40, 40],
    ])
    const closure = await closureOf(request.id)
    expect(closure.filter(({ state }) => !['DESTROYED', 'RETAINED', 'RETRAINED'].includes(state))).toEqual([])
    const kinds = (await readEvidence(cast.as.privacy_officer, request.id)).map(({ kind }) => kind)
    expect(kinds.slice(-8)).toEqual([
      'dataset-redacted/v1',
      'cost-recorded/v1',
      'data-deleted/v1',
      'data-deleted/v1',
      'data-deleted/v1',
      'closure-assessed/v1',
      'erasure-closed/v1',
      'clock-changed/v1',
    ])
    expect(await verdictOfOutsider(request.id)).toEqual({ exitCode: 0, findings: [] })
  }, 240_000)

  it('the dataset goes on without them: its page, its pictures and a training from scratch', async () => {
    const version = await findDataset(cast.as.engineer, scenario.dataset.name)
    expect(version).toMatchObject({ id: dataset, state: 'READY', sampleCount: 380 })
    expect((await firstThumbnail(cast.as.engineer, dataset)).length).toBeGreaterThan(0)
    // Two owners are remembered sooner than three.
    const again = { ...scenario, modelName: 'anew', recipe: { ...scenario.recipe, epochs: 200 } }
    expect(await untilSettled(cast, await beginTraining(cast, again, dataset))).toMatchObject({ state: 'SUCCEEDED' })
  }, 120_000)

  it('another owner is forgotten by the child of the version that forgot the first', async () => {
    const bob = await joinAsDataOwner(platform, cast, 'bob')
    const request = await answerErasure(
      { ...cast, as: { ...cast.as, data_owner: bob } },
      { ...scenario, name: 'second', forgetOwner: 'bob' },
      view,
    )
    expect(request, request.stateReason ?? '').toMatchObject({
      state: 'FULFILLED',
      // Of the child, and of the version that was trained anew.
      audits: [{ verdict: 'PASS' }, { verdict: 'PASS' }],
    })
    expect([onDisk('bob'), onDisk('eve')]).toEqual([
      [0, 0],
      [40, 40],
    ])
    expect(await findDataset(cast.as.engineer, scenario.dataset.name)).toMatchObject({ sampleCount: 340 })
  }, 240_000)
})
