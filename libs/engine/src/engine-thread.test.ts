import type { Progress } from '@lethe/domain'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleProcess, type BundledProcess } from '../../../test/kit/bundle-process.js'
import { tinyPack, tinyRecipe } from '../../../test/kit/tiny-training.js'
import { EngineThread } from './engine-thread.js'
import type { Job } from './protocol.js'

let bundle: BundledProcess
let entry: URL
beforeAll(async () => {
  bundle = await bundleProcess('libs/engine', {})
  entry = pathToFileURL(bundle.file('engine'))
})
afterAll(() => bundle.remove())

const job = (epochs: number): Job => ({
  kind: 'pretrain',
  pack: tinyPack(),
  excluded: [],
  recipe: tinyRecipe(epochs),
  resume: null,
  checkpointMs: 3_600_000,
  evaluateEveryEpochs: 0,
  provenance: {
    backend: '',
    backendVersion: '',
    tfjsVersion: '',
    nodeVersion: '',
    codeVersion: '',
    platform: '',
    device: '',
  },
})
const watching = (signal: AbortSignal, mayFinishEpoch = false) => {
  const epochs: number[] = []
  const checkpoints: unknown[] = []
  const handlers = {
    signal,
    mayFinishEpoch: () => mayFinishEpoch,
    onProgress: ({ epoch }: Progress) => void epochs.push(epoch ?? 0),
    onCheckpoint: (checkpoint: unknown) => void checkpoints.push(checkpoint),
  }
  return { epochs, checkpoints, handlers }
}

it('does a job, says how far it is, and does the next', async () => {
  const engine = await EngineThread.start({ backend: 'cpu', entry })
  for (let count = 0; count < 2; count++) {
    const { handlers, epochs } = watching(new AbortController().signal)
    const result = await engine.run(job(2), handlers)
    expect(result).toMatchObject({ kind: 'pretrain', trainCount: 32 })
    expect(epochs.at(-1)).toBe(2)
  }
  await engine.close()
})

it('gives the same weights whoever draws the views, and says what share of the time it waited for them', async () => {
  const weights: Uint8Array[] = []
  for (const viewThreads of [0, 2]) {
    const engine = await EngineThread.start({ backend: 'cpu', entry, viewThreads })
    const shares: (number | undefined)[] = []
    const { handlers } = watching(new AbortController().signal)
    const onProgress = ({ viewWaitShare }: Progress) => void shares.push(viewWaitShare)
    const result = await engine.run(job(2), { ...handlers, onProgress })
    if (result.kind === 'pretrain') weights.push(result.checkpoint.weights)
    expect(shares.at(-1)).toBeGreaterThanOrEqual(0)
    expect(shares.at(-1)).toBeLessThan(1)
    await engine.close()
  }
  expect(weights).toHaveLength(2)
  for (const other of weights.slice(1)) expect(Buffer.compare(other, weights[0] as Uint8Array)).toBe(0)
})

it('stops at once when it is cancelled, and at the end of the epoch with a checkpoint when it may', async () => {
  const engine = await EngineThread.start({ backend: 'cpu', entry })
  for (const mayFinishEpoch of [false, true]) {
    const controller = new AbortController()
    const { handlers, checkpoints } = watching(controller.signal, mayFinishEpoch)
    const reason = new Error(mayFinishEpoch ? 'going away' : 'cancelled')
    const stopping = { ...handlers, onProgress: () => controller.abort(reason) }
    await expect(engine.run(job(10_000), stopping)).rejects.toBe(reason)
    expect(checkpoints).toHaveLength(mayFinishEpoch ? 1 : 0)
  }
  expect(engine.isReady, 'the thread was not replaced').toBe(true)
  await engine.close()
})

it('ends a thread that does not listen, and starts another for the next job', async () => {
  const entry = new URL('./testing/stubborn-engine.mjs', import.meta.url)
  const engine = await EngineThread.start({ backend: 'cpu', entry })
  for (let count = 0; count < 2; count++) {
    const controller = new AbortController()
    const running = engine.run(job(1), watching(controller.signal).handlers)
    setTimeout(() => controller.abort(new Error('cancelled')), 100)
    await expect(running).rejects.toThrow('cancelled')
    expect(engine.isReady).toBe(false)
  }
})

it('says with a code that a backend is not to be had', async () => {
  await expect(EngineThread.start({ backend: 'tensorflow-gpu', entry })).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
  })
})

it('brings a refusal across the threads with its code and field', async () => {
  const engine = await EngineThread.start({ backend: 'cpu', entry })
  const broken: Job = { kind: 'ingest', upload: new Uint8Array(1024).fill(7), imageSize: 8 }
  const running = engine.run(broken, watching(new AbortController().signal).handlers)
  await expect(running).rejects.toMatchObject({ name: 'DomainError', code: expect.stringMatching(/^TAR_/) })
  await engine.close()
})
