import {
  appendLeaves,
  emptyFrontier,
  encodeLogGrowth,
  frontierRoot,
  leafHash,
  logOrigin,
  parseWitness,
  signerFromPrivateKey,
  signLogCheckpoint,
  verifyCosignatures,
  type WitnessVerifier,
} from '@lethe/ledger'
import { createPrivateKey } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../kit/platform.js'
import { startLogStage, type LogStage } from './log-stage.js'

interface Observation {
  origin: string
  size: number | null
  steps: number
  isFirstSight: boolean
  refusal: { code: string; message: string } | null
}

let stage: LogStage
let tenantId: string
let witness: WitnessVerifier
const inStage = (name: string): string => path.join(stage.folder, name)

beforeAll(async () => {
  stage = await startLogStage()
  tenantId = await stage.createLog([2, 5])
  await writeTrust('trust.txt')
  const made = await stage.ledger('witness-key', 'witness.test/w1', '--out', 'witness.key')
  witness = parseWitness(made.stdout.replace(/^witness /, '').trim())
}, 300_000)
afterAll(() => stage.stop())

async function writeTrust(file: string): Promise<void> {
  const { stdout } = await stage.ledger('trust', '--tenant', tenantId)
  writeFileSync(inStage(file), `# keys of lethe\n${stdout}`)
}

async function follow(where: string, options: { state: string; trust?: string }) {
  const args = ['--follow', where, '--trust', options.trust ?? 'trust.txt', '--key', 'witness.key']
  const outcome = await stage.ledger('witness', ...args, '--state', options.state, '--out', 'cosigned', '--json')
  const [observation] = outcome.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Observation)
  return { code: outcome.code, observation }
}

it('follows a live log from its folder alone, cosigns what has grown, and nothing twice', async () => {
  const first = await follow('checkpoints', { state: 'seen.json' })
  expect(first).toMatchObject({ code: 0, observation: { size: 5, steps: 2, isFirstSight: false, refusal: null } })
  await stage.append(tenantId, 4)
  await stage.settle(tenantId)
  const second = await follow('checkpoints', { state: 'seen.json' })
  expect(second).toMatchObject({ code: 0, observation: { size: 9, steps: 1, refusal: null } })
  expect(await follow('checkpoints', { state: 'seen.json' })).toMatchObject({ observation: { steps: 0 } })
  const cosigned = readFileSync(inStage(`cosigned/${tenantId}/9.cosigned`), 'utf8')
  expect(cosigned.startsWith(readFileSync(inStage(`checkpoints/${tenantId}/latest`), 'utf8'))).toBe(true)
  expect(verifyCosignatures(cosigned, [witness])).toHaveLength(1)
})

it('follows it over plain HTTP too', async () => {
  const server = await serveFolder(inStage('checkpoints'))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  expect(await follow(url, { state: 'over-http.json' })).toMatchObject({
    code: 0,
    observation: { size: 9, steps: 3, isFirstSight: false },
  })
  server.close()
  expect(await follow(url, { state: 'over-http.json' })).toMatchObject({
    code: 4,
    observation: { refusal: { code: 'LOG_NOT_PUBLISHED' } },
  })
})

it('refuses a log that was rolled back, and one that was rewritten, and cosigns nothing of them', async () => {
  const before = readFileSync(inStage('seen.json'), 'utf8')
  cpSync(inStage('checkpoints'), inStage('rolled-back'), { recursive: true })
  writeFileSync(inStage(`rolled-back/${tenantId}/latest`), readFileSync(inStage(`checkpoints/${tenantId}/5`)))
  expect(await follow('rolled-back', { state: 'seen.json' })).toMatchObject({
    code: 4,
    observation: { size: 9, refusal: { code: 'LOG_ROLLED_BACK' } },
  })
  // The platform itself makes the whole log anew under its own key: only somebody who saw the other one can know.
  const rewritten = await rewriteUnderTheTrueKey()
  expect((await follow(rewritten, { state: 'fresh.json' })).code).toBe(0)
  expect(await follow(rewritten, { state: 'seen.json' })).toMatchObject({
    code: 4,
    observation: { refusal: { code: 'LOG_FORKED' } },
  })
  expect(readFileSync(inStage('seen.json'), 'utf8')).toBe(before)
})

/** What whoever holds the platform's key could publish: another past, longer than the true one, with proofs of its own. */
async function rewriteUnderTheTrueKey(): Promise<string> {
  const key = createPrivateKey(readFileSync(inStage('secrets/log-signing-key.pem'), 'utf8'))
  const signer = signerFromPrivateKey(logOrigin('lethe', tenantId), key)
  const leaves = Array.from({ length: 12 }, (_, n) => leafHash(Buffer.from(`other ${n}`)))
  const root = frontierRoot(appendLeaves(emptyFrontier, leaves))
  const note = signLogCheckpoint({ origin: signer.name, size: leaves.length, root }, signer)
  const folder = inStage(`rewritten/${tenantId}`)
  cpSync(inStage(`checkpoints/${tenantId}`), folder, { recursive: true })
  writeFileSync(path.join(folder, 'latest'), note)
  const growth = encodeLogGrowth({ oldSize: 9, path: [leaves[0] ?? Buffer.of()], note })
  writeFileSync(path.join(folder, '12.add-checkpoint'), growth)
  // To a newcomer it can be shown without any past.
  rmSync(inStage('fresh.json'), { force: true })
  const newcomer = inStage(`for-newcomers/${tenantId}`)
  cpSync(folder, newcomer, { recursive: true })
  writeFileSync(path.join(newcomer, '12.add-checkpoint'), encodeLogGrowth({ oldSize: 0, path: [], note }))
  expect((await follow('for-newcomers', { state: 'fresh.json' })).code).toBe(0)
  return 'rewritten'
}

it('does not go on when what it saw was lost or changed by others', async () => {
  writeFileSync(inStage('broken.json'), 'nothing')
  const broken = ['--follow', 'checkpoints', '--trust', 'trust.txt', '--key', 'witness.key', '--state', 'broken.json']
  expect(await stage.ledger('witness', ...broken)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not the state of a witness') as string,
  })
  const forged = readFileSync(inStage('seen.json'), 'utf8').replace(/\\n9\\n/, '\\n8\\n')
  writeFileSync(inStage('broken.json'), forged)
  expect(await stage.ledger('witness', ...broken)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was not cosigned by') as string,
  })
})

it('follows over a change of the platform’s key once the new roots are known, and fsck finds the log sound', async () => {
  expect(await stage.ledger('rotate-key')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('stop it first') as string,
  })
  await stage.whileStopped(async () => {
    expect(await stage.ledger('rotate-key')).toMatchObject({ code: 0 })
  })
  await until('the change is on record', async () => (await stage.settle(tenantId)) === 10)
  const [row] = await stage.rows<{ kind: string }>('SELECT kind FROM evidence WHERE tenant_id = $1 AND seq = 10', [
    tenantId,
  ])
  expect(row?.kind).toBe('log-key-rotated/v1')
  expect(await follow('checkpoints', { state: 'seen.json' })).toMatchObject({
    code: 4,
    observation: { refusal: { code: 'UNTRUSTED' } },
  })
  await writeTrust('trust-2.txt')
  expect(readFileSync(inStage('trust-2.txt'), 'utf8').match(/^log /gm)).toHaveLength(2)
  expect(await follow('checkpoints', { state: 'seen.json', trust: 'trust-2.txt' })).toMatchObject({
    code: 0,
    observation: { size: 10, steps: 1 },
  })
  expect((await stage.fsck('--tenant', tenantId)).code).toBe(0)
  // Under the new key alone the old checkpoints are not to be believed.
  const [newest = ''] = readFileSync(inStage('trust-2.txt'), 'utf8').match(/^log .*$/gm) ?? []
  writeFileSync(inStage('new-only.txt'), newest)
  expect((await stage.fsck('--tenant', tenantId, '--trust', inStage('new-only.txt'))).code).toBe(4)
}, 200_000)

function serveFolder(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const file = path.join(folder, path.normalize(request.url ?? '/'))
    if (!existsSync(file)) response.writeHead(404).end()
    else response.end(readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
