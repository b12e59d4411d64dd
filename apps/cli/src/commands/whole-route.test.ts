import { encodePng } from '@lethe/datasets'
import { parseSafetensors } from '@lethe/safetensors'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildLethe, type LetheCommand } from '../../../../test/kit/lethe-command.js'
import { readModelDirectory } from '../files/model-directory.js'

let lethe: LetheCommand
const at = (...names: string[]): string => path.join(lethe.folder, ...names)

/** Smooth pictures of 16 × 16, no two alike. */
const pixelsOf = (index: number): Uint8Array =>
  Uint8Array.from({ length: 16 * 16 * 3 }, (_, place) => {
    const [x, y, channel] = [Math.floor(place / 3) % 16, Math.floor(place / 48), place % 3]
    return 128 + 120 * Math.sin((x * (1 + (index % 5)) + y * (1 + (index % 7)) + 9 * index) / 8 + channel * index)
  })

beforeAll(async () => {
  lethe = await buildLethe()
  const lines: string[] = []
  for (let index = 0; index < 40; index++) {
    const group = index % 2 === 0 ? 'even' : 'odd'
    mkdirSync(at('pictures', group), { recursive: true })
    const file = `${group}/p${index}.png`
    writeFileSync(at('pictures', file), await encodePng(pixelsOf(index), 16))
    lines.push(
      JSON.stringify({
        file_name: file,
        caption: `picture ${index}, ${group}`,
        group,
        owner: index < 6 ? 'anna' : 'ben',
      }),
    )
  }
  writeFileSync(at('pictures', 'broken.png'), 'no picture')
  writeFileSync(at('pairs.jsonl'), `${lines.join('\n')}\n`)
})
afterAll(() => lethe.remove())

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await lethe.call(args)
  expect(code, stderr).toBe(0)
  return stdout
}

const small = ['--epochs', '2', '--batch-size', '8', '--set', 'encoder.widths=[4,8]']

it('looks at a folder and at a list, and packs them', async () => {
  const seen = JSON.parse(await ok('dataset', 'inspect', 'pictures', '--json')) as Record<string, unknown>
  expect(seen).toMatchObject({ format: 'image-folder', samples: 40, quarantinedCount: 1 })
  expect(await ok('dataset', 'inspect', 'pairs.jsonl', '--root', 'pictures')).toMatch(/captions +40 of 40/)
  const packed = await ok(
    'dataset',
    'pack',
    'pairs.jsonl',
    '--root',
    'pictures',
    '--image-size',
    '16',
    '--out',
    'pairs.safetensors',
  )
  expect(packed).toMatch(/pairs\.samples\.jsonl: \d+ to train on, \d+ held out/)
  const [sample] = readFileSync(at('pairs.samples.jsonl'), 'utf8').split('\n')
  expect(JSON.parse(sample ?? '')).toMatchObject({ label: 'picture 0, even', group: 'even', owner: 'anna' })
})

it('trains on a folder as it is, keeps the pack with the model, and forgets samples by their keys', async () => {
  await ok('train', 'pictures', '--image-size', '8', ...small, '--evaluate-every', '1', '--out', 'folder-model')
  const { manifest } = readModelDirectory(at('folder-model'), 'model')
  expect(manifest.dataset).toMatchObject({ file: 'pack.safetensors', samples: 'pack.samples.jsonl', imageSize: 8 })
  const trained = readFileSync(at('folder-model', 'pack.samples.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; split: string })
    .filter(({ split }) => split === 'train')
  const keys = trained.slice(0, 2).map(({ key }) => key)
  await ok(
    'unlearn',
    'folder-model',
    '--forget-keys',
    ...keys,
    '--include-resembling',
    '--epochs',
    '1',
    '--out',
    'folder-forgotten',
  )
  const forgotten = readModelDirectory(at('folder-forgotten'), 'model')
  expect(forgotten.manifest.dataset?.file).toBe('../folder-model/pack.safetensors')
  expect(forgotten.forgotten.length).toBeGreaterThanOrEqual(2)
})

it.each(['simclr', 'moco', 'clip'])('%s: trains, forgets an owner, and embeds', async (framework) => {
  const queue = framework === 'moco' ? ['--set', 'queueLength=64'] : []
  const [model, child] = [`${framework}-model`, `${framework}-forgotten`]
  await ok('train', 'pairs.safetensors', '--framework', framework, ...small, ...queue, '--out', model)
  await ok(
    'unlearn',
    model,
    '--forget-owner',
    'anna',
    '--include-resembling',
    '--epochs',
    '1',
    '--repair-epochs',
    '1',
    '--out',
    child,
  )
  await ok('embed', child, 'pictures/even', '--out', `${framework}.safetensors`)
  const { tensors, metadata } = parseSafetensors(readFileSync(at(`${framework}.safetensors`)))
  expect(tensors.get('embeddings')?.shape).toEqual([20, 8])
  expect((JSON.parse(metadata['names'] ?? '') as string[])[0]).toBe('pictures/even/p0.png')
  const { manifest } = readModelDirectory(at(child), 'model')
  expect(metadata['weights']).toBe(manifest.checkpoint.weights.digest)
})

it('embeds texts with a CLIP model, and leaves out what cannot be decoded only when told to', async () => {
  writeFileSync(at('texts.txt'), 'picture 0, even\npicture 1, odd\n')
  await ok('embed', 'clip-model', '--texts', 'texts.txt', '--out', 'texts.jsonl')
  const lines = readFileSync(at('texts.jsonl'), 'utf8').trim().split('\n')
  const [first] = lines.map((line) => JSON.parse(line) as { name: string; embedding: number[] })
  expect(first).toMatchObject({ name: 'picture 0, even' })
  expect(first?.embedding).toHaveLength(64)
  const args = ['embed', 'clip-model', 'pictures', '--representation', 'projection', '--out', 'some.jsonl']
  expect(await lethe.call(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.png') })
  const told = await lethe.call([...args, '--skip-unreadable'])
  expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('1 of 41 pictures could not be decoded') })
})

it('brings weights from PyTorch, embeds with them, and gives them back as they were', async () => {
  const fixture = new URL('../../../../libs/learning/src/interop/fixtures/resnet18.safetensors.gz', import.meta.url)
  writeFileSync(at('resnet18.safetensors'), gunzipSync(readFileSync(fixture)))
  const told = await ok('model', 'import', 'resnet18.safetensors', '--image-size', '16', '--out', 'imported')
  expect(told).toMatch(/encoder +resnet-18, pictures of 16×16/)
  await ok('embed', 'imported', 'pictures/odd', '--out', 'imported.jsonl')
  await ok('model', 'export', 'imported', '--naming', 'torchvision', '--out', 'back.safetensors')
  await ok('model', 'import', 'back.safetensors', '--image-size', '16', '--out', 'again')
  expect(readFileSync(at('again', 'weights.safetensors'))).toEqual(readFileSync(at('imported', 'weights.safetensors')))
  const unlearning = await lethe.call(['unlearn', 'imported', '--forget', 'pairs.jsonl', '--out', 'never'])
  expect(unlearning).toMatchObject({ code: 1, stderr: expect.stringContaining('imported weights without a recipe') })
})
