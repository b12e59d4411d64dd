import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { openDevice } from '@lethe/device'
import { f32, parseSafetensors, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readWeights, writeWeights } from '../checkpoint/weights-file.js'
import { loadEmbedder, type Representation } from '../load-embedder.js'
import { exportTorchWeights } from './export-torch-weights.js'
import { importTorchWeights } from './import-torch-weights.js'
import { dictOf, pickleOf, tensor, torchFileOf } from './torch-file.fixture.js'

/**
 * ResNet-18s of width 4 by torchvision's own classes, saved by PyTorch (`source` says which) and gzipped, with the embeddings
 * that PyTorch gives in evaluation for two pictures: torchvision's names in safetensors, kernels bfloat16; lightly's SimCLR in
 * a Lightning checkpoint, kernels float16 and channels_last; MoCo v2 as its authors save it, kernels float16 and float64.
 */
const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const rows = z.array(z.array(z.number()))
const { models } = z
  .object({ models: z.record(z.string(), z.object({ size: z.int(), features: rows, projection: rows.optional() })) })
  .parse(JSON.parse(read('expected.json').toString()))

const files = { resnet18: 'resnet18.safetensors', simclr: 'simclr.ckpt', moco: 'moco.pth' } as const
type Model = keyof typeof files
const fileOf = (model: Model): Uint8Array => gunzipSync(read(`${files[model]}.gz`))
const rasterOf = (model: Model) =>
  ({ height: models[model]?.size ?? 0, width: models[model]?.size ?? 0, channels: 3 }) as const
const imported = (model: Model, options: { prefix?: string; seed?: number } = {}) =>
  importTorchWeights(fileOf(model), { raster: rasterOf(model), fileName: files[model], ...options })

/** The two pictures, by the formula that PyTorch was given. */
function pictures(size: number): Uint8Array {
  const bytes = new Uint8Array(2 * size * size * 3)
  let at = 0
  for (let n = 0; n < 2; n++)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let c = 0; c < 3; c++) bytes[at++] = (31 * n + 7 * y * y + 13 * x + 5 * x * y + 50 * c) % 256
  return bytes
}

async function worstError(weights: Uint8Array, model: Model, representation: Representation): Promise<number> {
  const embedder = loadEmbedder(weights)
  const embeddings = await embedder.embed(pictures(rasterOf(model).height), representation)
  embedder.dispose()
  const expected = models[model]?.[representation]?.flat() ?? []
  expect(embeddings.length).toBe(expected.length)
  return Math.max(...expected.map((value, index) => Math.abs((embeddings[index] as number) - value)))
}

/** The weights with one array changed. */
function changed(weights: Uint8Array, name: string, change: (values: Float32Array) => Float32Array): Uint8Array {
  const { tensors, ...shape } = readWeights(weights, 'weights')
  const tensor = tensors.get(name) as StoredTensor & { data: Float32Array }
  return writeWeights(shape, new Map(tensors).set(name, f32(tensor.shape, change(tensor.data))))
}

beforeAll(() => openDevice({ backend: 'wasm' }))

describe('importTorchWeights', () => {
  it.each([
    ['resnet18', 'features'],
    ['simclr', 'features'],
    ['simclr', 'projection'],
    ['moco', 'features'],
    ['moco', 'projection'],
  ] as const)('gives the embeddings that PyTorch gives: %s, %s', async (model, representation) => {
    expect(await worstError(imported(model).weights, model, representation)).toBeLessThan(1e-4)
  })

  it.each([
    ['encoder.layer4.1.bn2.mean', (values: Float32Array) => values.map((value) => value + 0.01)],
    ['encoder.layer2.0.downsample.0.kernel', (values: Float32Array) => values.toReversed()],
    ['head.norm0.beta', (values: Float32Array) => values.map((value) => value + 0.01)],
  ])('would be caught with another %s', async (name, change) => {
    expect(await worstError(changed(imported('simclr').weights, name, change), 'simclr', 'projection')).toBeGreaterThan(
      1e-4,
    )
  })

  it('says which network it read, what it left out and what it did not run', () => {
    const simclr = imported('simclr')
    expect(simclr.config).toEqual({ kind: 'resnet-18', stem: 'cifar', width: 4, projection: { hidden: 12, output: 8 } })
    expect(simclr.notes.join('\n')).toMatch(
      /simclr\.ckpt was read as resnet-18, cifar stem, width 4, from "state_dict\.backbone\."/,
    )
    expect(simclr.notes.join('\n')).toMatch(/neither run nor read: lightning\.fabric\.utilities\.data\.AttributeDict/)
    const moco = imported('moco')
    expect(moco.config).toMatchObject({ stem: 'imagenet', projection: { hidden: 32, output: 8 } })
    expect(moco.notes.join('\n')).toMatch(/head \(32–8\) was read from "state_dict\.module\.encoder_q\.fc\."/)
    expect(moco.notes.join('\n')).toMatch(/Left out: .*encoder_k/)
  })

  it('draws a head from the seed where the file has none, and says so', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => imported('resnet18', { seed }))
    expect(first?.notes.join('\n')).toMatch(
      /No projection head was found that can be read; a new one \(512–128\) was drawn from seed 1/,
    )
    expect(first?.notes.join('\n')).toMatch(/Left out: fc\.bias, fc\.weight/)
    expect(again?.weights).toEqual(first?.weights)
    expect(other?.weights).not.toEqual(first?.weights)
    const own = importTorchWeights(fileOf('resnet18'), {
      raster: rasterOf('resnet18'),
      projection: { hidden: null, output: 16 },
    })
    expect(own.config.projection).toEqual({ hidden: null, output: 16 })
  })

  it('reads the network that the prefix names, and no other', () => {
    const key = imported('moco', { prefix: 'state_dict.module.encoder_k.' })
    expect(key.notes.join('\n')).toContain('"state_dict.module.encoder_k.fc."')
    expect(() => imported('moco', { prefix: 'module.' })).toThrow('No ResNet was found under module.')
  })
})

/** The fixture's tensors as F32 under other names. */
function renamed(rename: (name: string) => string | null, added: Record<string, StoredTensor> = {}): Uint8Array {
  const exported = parseSafetensors(exportTorchWeights(imported('simclr').weights, 'lightly')).tensors
  const kept = [...exported].flatMap(([name, tensor]) => {
    const to = rename(name)
    return to === null ? [] : [[to, tensor] as const]
  })
  return serializeSafetensors(new Map([...kept, ...Object.entries(added)]))
}

const zeros = (...shape: number[]) => f32(shape, new Float32Array(shape.reduce((product, size) => product * size, 1)))
const raster = rasterOf('simclr')

describe('names', () => {
  it.each([
    [
      'nn.Sequential of the stages without gaps',
      (name: string) => name.replace(/^backbone\.([4-7])\./, (_, at) => `backbone.${Number(at) - 2}.`),
    ],
    ['no prefix at all', (name: string) => name.replace(/^backbone\./, '')],
    ['shortcut instead of downsample', (name: string) => name.replace('downsample', 'shortcut')],
    ['DataParallel around it', (name: string) => `module.${name}`],
    ['another name of the head', (name: string) => name.replace('projection_head.layers', 'projector')],
  ])('gives the same model for %s', (_, rename) => {
    expect(importTorchWeights(renamed(rename), { raster }).weights).toEqual(imported('simclr').weights)
  })

  it('finds a head whose layers carry biases before their batch norms', async () => {
    const bias = new Float32Array(12).map((_, index) => 0.1 * index)
    const mean = parseSafetensors(renamed((name) => name)).tensors.get(
      'projection_head.layers.1.running_mean',
    ) as StoredTensor
    const moved = f32(
      [12],
      Float32Array.from(mean.data, (value, index) => value + (bias[index] as number)),
    )
    const bytes = renamed((name) => (name === 'projection_head.layers.1.running_mean' ? null : name), {
      'projection_head.layers.1.running_mean': moved,
      'projection_head.layers.0.bias': f32([12], bias),
    })
    expect(await worstError(importTorchWeights(bytes, { raster }).weights, 'simclr', 'projection')).toBeLessThan(1e-4)
  })

  it.each([
    [
      'a tensor that is missing',
      (name: string) => (name === 'backbone.5.0.bn1.weight' ? null : name),
      {},
      /lacks layer2\.0\.bn1\.weight/,
    ],
    [
      'a tensor too many',
      (name: string) => name,
      { 'backbone.5.0.se.weight': zeros(2) },
      /layer2\.0\.se\.weight, which that network does not/,
    ],
    [
      'a tensor of another shape',
      (name: string) => (name === 'backbone.5.0.bn1.bias' ? null : name),
      { 'backbone.5.0.bn1.bias': zeros(9) },
      /layer2\.0\.bn1\.bias \[9\] instead of \[8\]/,
    ],
    [
      'a ResNet of other depth',
      (name: string) => (name.startsWith('backbone.7.1.') ? null : name),
      {},
      /2,2,2,1|2 \+ 2 \+ 2 \+ 1 basic blocks/,
    ],
    [
      'another first convolution',
      (name: string) => (name === 'backbone.0.weight' ? null : name),
      { 'backbone.0.weight': zeros(4, 3, 5, 5) },
      /first convolution is 5×5/,
    ],
    [
      'two networks',
      (name: string) => name,
      { 'other.conv1.weight': zeros(4, 3, 3, 3), 'other.layer1.0.conv1.weight': zeros(4, 4, 3, 3) },
      /several ResNets.*"backbone\.", "other\."/,
    ],
    ['no network', (name: string) => `${name}.x`, {}, /No ResNet was found; the file holds/],
    [
      'a value that is not finite',
      (name: string) => (name === 'backbone.1.bias' ? null : name),
      { 'backbone.1.bias': f32([4], new Float32Array([0, NaN, 0, 0])) },
      /backbone\.1\.bias holds numbers that are not finite/,
    ],
  ])('refuses %s and says so', (_, rename, added, message) => {
    expect(() => importTorchWeights(renamed(rename, added), { raster })).toThrow(message)
    expect(() =>
      importTorchWeights(
        renamed((name) => name),
        { raster },
      ),
    ).not.toThrow()
  })
})

describe('a small file', () => {
  it('cannot fill the memory by tensors that all lie on the same bytes', () => {
    const exported = parseSafetensors(exportTorchWeights(imported('simclr').weights, 'torchvision')).tensors
    const largest = 32 * 32 * 9
    const shared = [...exported].map(([name, { shape }]): [string, number[]] => {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
      return [name, tensor('0', largest, 0, shape, strides)]
    })
    const file = torchFileOf(pickleOf(dictOf(shared)), { '0': new Uint8Array(4 * largest) })
    expect(() => importTorchWeights(file, { raster })).toThrow(/more than the \d+ of the file: some share memory/)
  })
})

describe('exportTorchWeights', () => {
  it.each(['simclr', 'moco'] as const)('gives back what was imported, bit for bit, by lightly’s names: %s', (model) => {
    const { weights } = imported(model)
    const again = importTorchWeights(exportTorchWeights(weights, 'lightly'), { raster: rasterOf(model) })
    expect(again.weights).toEqual(weights)
  })

  it('gives torchvision’s names and layout to the encoder alone', () => {
    const exported = parseSafetensors(exportTorchWeights(imported('moco').weights, 'torchvision')).tensors
    expect(exported.get('conv1.weight')?.shape).toEqual([4, 3, 7, 7])
    expect(exported.get('layer2.0.downsample.1.running_var')?.shape).toEqual([8])
    expect([...exported.keys()].filter((name) => !/^(conv1|bn1|layer[1-4])\./.test(name))).toEqual([])
    expect(exported.size).toBe(100)
  })

  it('keeps a linear head, with the bias of zeros that lightly’s layer has', () => {
    const { weights } = importTorchWeights(fileOf('resnet18'), { raster, projection: { hidden: null, output: 16 } })
    const exported = exportTorchWeights(weights, 'lightly')
    expect(parseSafetensors(exported).tensors.get('projection_head.layers.0.bias')?.shape).toEqual([16])
    expect(importTorchWeights(exported, { raster }).weights).toEqual(weights)
  })

  it('refuses weights that withhold outputs', () => {
    const { tensors, ...shape } = readWeights(imported('simclr').weights, 'weights')
    const withheld = writeWeights(shape, new Map(tensors).set('withheld.features', zeros(1, 32)))
    expect(() => exportTorchWeights(withheld, 'torchvision')).toThrow('withhold outputs')
  })
})
