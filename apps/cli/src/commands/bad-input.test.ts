import { encodePng, readPack, writePack, writeWebDataset } from '@lethe/datasets'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLethe, type LetheCommand } from '../../../../test/kit/lethe-command.js'
import { forgetBytes, tinyPack, tinyRecipe } from '../../../../test/kit/tiny-training.js'

let lethe: LetheCommand
const at = (...names: string[]): string => path.join(lethe.folder, ...names)
const everything = Array.from({ length: 32 }, (_, index) => index)

/** The tiny pack with its second picture made equal to the first, under an id of its own. */
function packWithTwins(): Uint8Array {
  const { images, samples } = readPack(tinyPack())
  const data = images.data.slice()
  const size = images.height * images.width * images.channels
  data.copyWithin(size, 0, size)
  return writePack({ images: { ...images, data }, samples })
}

beforeAll(async () => {
  lethe = await buildLethe()
  const picture = await encodePng(new Uint8Array(8 * 8 * 3).fill(9), 8)
  const tar = await writeWebDataset(
    Array.from({ length: 4 }, (_, n) => ({
      key: `p${n}`,
      picture,
      label: 'x',
      group: 'x',
      owner: 'x',
      split: 'train',
    })),
  )
  writeFileSync(at('cut.tar'), tar.subarray(0, 1700))
  writeFileSync(at('pack.safetensors'), tinyPack())
  writeFileSync(at('twins.safetensors'), packWithTwins())
  writeFileSync(at('one.safetensors'), tinyPack(17, 16))
  writeFileSync(at('recipe.json'), JSON.stringify(tinyRecipe(1)))
  writeFileSync(at('typo.json'), JSON.stringify({ ...tinyRecipe(1), temprature: 0.1 }))
  writeFileSync(at('no.json'), '{')
  writeFileSync(at('some.txt'), forgetBytes([0, 2]))
  writeFileSync(at('all.txt'), forgetBytes(everything))
  writeFileSync(at('unknown.txt'), forgetBytes([0, 4711]))
  writeFileSync(at('none.txt'), '')
  writeFileSync(at('names.txt'), 'anna\n')
  writeFileSync(at('broken.png'), picture.subarray(0, 40))
  writeFileSync(at('texts.txt'), 'a picture\n')
  for (const pack of ['pack', 'twins'])
    await lethe.call(['train', `${pack}.safetensors`, '--recipe', 'recipe.json', '--out', `${pack}-model`])
  cpSync(at('pack-model'), at('other'), { recursive: true })
  const manifest = JSON.parse(readFileSync(at('other', 'manifest.json'), 'utf8')) as { recipe: object }
  const encoder = { ...tinyRecipe(1).encoder, widths: [4, 16] }
  writeFileSync(at('other', 'manifest.json'), JSON.stringify({ ...manifest, recipe: { ...manifest.recipe, encoder } }))
  cpSync(at('pack-model'), at('damaged'), { recursive: true })
  writeFileSync(at('damaged', 'weights.safetensors'), readFileSync(at('damaged', 'weights.safetensors')).subarray(1))
  mkdirSync(at('empty'))
})
afterAll(() => lethe.remove())

const train = (...more: string[]) => ['train', 'pack.safetensors', '--recipe', 'recipe.json', '--out', 'out', ...more]
const unlearn = (model: string, ...more: string[]) => ['unlearn', model, '--out', 'out', ...more]
const some = ['--forget', 'some.txt']

describe('bad input is refused in one line that names the field and how to mend it', () => {
  it.each([
    ['a temperature of 0', train('--temperature', '0'), /^recipe\.temperature: Must be above 0\.$/],
    [
      'a batch that does not divide the queue',
      train('--framework', 'moco', '--set', 'queueLength=100'),
      /^recipe\.queueLength: Must be a multiple of batchSize\.$/,
    ],
    [
      'a warm-up as long as training',
      train('--epochs', '3', '--set', 'optimizer.warmupEpochs=3'),
      /^recipe\.optimizer\.warmupEpochs: Must be below epochs\.$/,
    ],
    ['a member that recipes do not have', [...train(), '--recipe', 'typo.json'], /^recipe\.temprature: .*temperature/],
    ['a recipe that is no JSON', [...train(), '--recipe', 'no.json'], /^--recipe: no\.json holds no JSON object/],
    ['a recipe that is not there', [...train(), '--recipe', 'lost.json'], /^--recipe: There is no file lost\.json\.$/],
    [
      'a batch larger than the dataset',
      train('--batch-size', '64'),
      /^images: A batch takes 64 .* lower recipe\.batchSize/,
    ],
    ['nowhere to write', ['train', 'pack.safetensors'], /^--out: Say where the model is to be written/],
    [
      'a folder that holds a model',
      ['train', 'pack.safetensors', '--out', 'pack-model'],
      /^--out: .* name another folder/,
    ],
    ['nothing to resume', train('--resume'), /^--resume: .* leave out --resume/],
    ['a dataset that is not there', ['train', 'lost', '--out', 'out'], /^dataset: There is nothing at lost/],
    [
      'a dataset with one sample',
      ['train', 'one.safetensors', '--recipe', 'recipe.json', '--out', 'out'],
      /^pack: One sample is left to train on, .* register a dataset with more samples/,
    ],
    ['a truncated tar', ['train', 'cut.tar', '--out', 'out'], /archive|tar/i],
    ['a truncated tar to look at', ['dataset', 'inspect', 'cut.tar'], /archive|tar/i],
    ['a folder that holds no data', ['dataset', 'inspect', 'empty'], /holds nothing that is read/],
    ['nothing to forget', unlearn('pack-model', '--forget', 'none.txt'), /^--forget: none\.txt names no sample/],
    [
      'everything to forget',
      unlearn('pack-model', '--forget', 'all.txt'),
      /^forget: .*whole train set; destroy the model/,
    ],
    [
      'unknown samples to forget',
      unlearn('pack-model', '--forget', 'unknown.txt'),
      /^forget: 1 of 2 samples .* choose/,
    ],
    [
      'names for content ids',
      unlearn('pack-model', '--forget', 'names.txt'),
      /^--forget: Line 1 of names\.txt .* SHA-256/,
    ],
    [
      'keys without a list of samples',
      unlearn('pack-model', '--forget-keys', 'a'),
      /^--forget-keys: .*use|name content ids/,
    ],
    [
      'two ways of naming samples',
      unlearn('pack-model', ...some, '--forget-keys', 'a'),
      /^Give only one of --forget, --forget-keys/,
    ],
    ['a negative α', unlearn('pack-model', ...some, '--alpha', '-1'), /^unlearning\.alpha: Must not be negative\.$/],
    ['a negative β', unlearn('pack-model', ...some, '--beta', '-0.5'), /^unlearning\.beta: Must not be negative\.$/],
    [
      'duplicates across what is kept and forgotten',
      unlearn('twins-model', ...some),
      /^forget: 1 of the pictures to forget has an equal among those kept; put all copies into the forget set/,
    ],
    ['a checkpoint of another architecture', unlearn('other', ...some), /^(recipe\.encoder|parent).*/],
    ['weights that were changed', unlearn('damaged', ...some), /^model: .*weights\.safetensors is not the file/],
    ['a folder without a model', unlearn('empty', ...some), /^model: empty holds no manifest\.json/],
    [
      'a pack that was changed',
      unlearn('pack-model', ...some, '--dataset', 'twins.safetensors'),
      /^--dataset: .* is not the pack that the model was trained on/,
    ],
    [
      'a picture that cannot be decoded',
      ['embed', 'pack-model', 'broken.png', '--out', 'e.jsonl'],
      /^broken\.png: .*--skip-unreadable/,
    ],
    [
      'texts for a model without a text tower',
      ['embed', 'pack-model', '--texts', 'texts.txt', '--out', 'e.jsonl'],
      /^--texts: .*CLIP/,
    ],
    [
      'another kind of output',
      ['embed', 'pack-model', 'broken.png', '--out', 'e.csv'],
      /^--out: .*\.safetensors or \.jsonl/,
    ],
  ])('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await lethe.call(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const lines = stderr.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(expected)
    expect(stderr).not.toMatch(/^\s+at /m)
    for (const file of ['out/manifest.json', 'out/weights.safetensors', 'e.jsonl', 'e.jsonl.partial', 'e.csv'])
      expect(existsSync(at(...file.split('/'))), file).toBe(false)
  })

  it('a word where a number belongs', async () => {
    const { code, stdout, stderr } = await lethe.run(train('--epochs', 'many'))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error: option '--epochs <n>' .* Give a whole number from 0\.\n$/)
  })
})
