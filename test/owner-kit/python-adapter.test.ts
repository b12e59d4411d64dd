import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { encodePng } from '@lethe/datasets'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest'
import { writeOwnerFolders } from '../kit/digit-owner.js'
import { runKit } from './run-kit.js'

const python = process.env['LETHE_PEER_PYTHON'] ?? 'python3'
const adapter = path.join(checkoutDir, 'examples/python-adapter')

/** A small network with batch normalisation, whose weights are drawn by a seed and saved. */
const program = `
import sys
import torch
from serve import serve
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, 2, 1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.Flatten())
        self.head = torch.nn.Linear(128, 6)
    def forward(self, x):
        features = self.body(x)
        return {"features": features, "projection": self.head(features)}
torch.manual_seed(int(sys.argv[1]))
model = Net()
torch.save(model.state_dict(), sys.argv[2])
serve(model, image_size=8, weights=sys.argv[2], port=0, token="t")
`

let home: string
let why: string | null = null
const children: ChildProcess[] = []

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-adapter-'))
  why = await promisify(execFile)(python, ['-c', 'import torch, numpy']).then(
    () => null,
    (error: Error) =>
      `${python} has no torch and numpy (${error.message.trim().split('\n').at(-1)}); name one with LETHE_PEER_PYTHON`,
  )
})
afterAll(() => {
  for (const child of children) child.kill()
  rmSync(home, { recursive: true, force: true })
})

const needTorch = (context: TestContext) => {
  if (why !== null) context.skip(why)
}

async function serveModel(seed: number): Promise<string> {
  const file = path.join(home, `model-${seed}.py`)
  writeFileSync(file, program)
  const env = { ...process.env, PYTHONPATH: adapter, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' }
  const child = spawn(python, [file, String(seed), path.join(home, `${seed}.pt`)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return line.toString().trim()
}

it('puts the protocol before a PyTorch model, well enough for a whole audit', async (context) => {
  needTorch(context)
  const folders = await writeOwnerFolders(path.join(home, 'pictures'))
  const [before, after] = await Promise.all([serveModel(1), serveModel(2)])
  const out = path.join(home, 'out')
  const sets = ['--images', folders.forget, '--held-out', folders['held-out'], '--most', '20', '--views', '2']
  const run = await runKit(home, '--before', before, '--after', after, ...sets, '--out', out, '--token', 't')
  expect([run.code, run.out]).toEqual([2, expect.stringContaining('Inconclusive')])
  const { report, endpoints } = JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) as {
    report: { tests: { id: string; outcome: string }[] }
    endpoints: Record<string, { weightsDigest: string; dimension: number }>
  }
  expect(report.tests.find(({ id }) => id === 'A0-endpoint-integrity')?.outcome).toBe('met')
  expect(endpoints['before']).toMatchObject({ dimension: 6, weightsDigest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(endpoints['before']?.weightsDigest).not.toBe(endpoints['after']?.weightsDigest)
})

it('reads pictures with any filter alike, and refuses with a code what it cannot read', async (context) => {
  needTorch(context)
  const url = await serveModel(3)
  const post = async (route: string, body: unknown, token = 't') => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/${route}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as { code?: string; embeddings?: number[][] } }
  }
  const rgb = Uint8Array.from({ length: 192 }, (_, at) => (at * 37 + (at % 5) * 11) % 256)
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  // What libpng writes by itself is filtered; the kit's own is not.
  const { encodePlainPng } = await import('../../apps/audit-kit/src/pictures/encode-plain-png.js')
  const { body } = await post('embed', { images: [base64(await encodePng(rgb, 8)), base64(encodePlainPng(rgb, 8))] })
  expect(body.embeddings?.[0]).toEqual(body.embeddings?.[1])
  expect(await post('embed?representation=weights', { images: ['x'] })).toMatchObject({ status: 400 })
  expect(await post('embed', { images: [base64(rgb)] })).toMatchObject({
    status: 422,
    body: { code: 'IMAGE_UNREADABLE' },
  })
  expect(await post('embed', { images: Array(65).fill('x') })).toMatchObject({ status: 400 })
  expect(await post('embed-texts', { texts: ['x'] })).toMatchObject({ status: 404 })
  expect(await post('embed', {}, 'other')).toMatchObject({ status: 401 })
})
