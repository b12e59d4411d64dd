import { DomainError } from '@lethe/domain'
import { exportTorchWeights, importTorchWeights, type TorchNaming } from '@lethe/learning'
import { Option, type Command } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { wholeNumber, withExamples } from '../files/command-options.js'
import { formatBytes } from '../files/format-quantities.js'
import { isModelDirectory, readModelDirectory, writeModelDirectory, writeWhole } from '../files/model-directory.js'
import { tabulate } from '../files/tabulate.js'
import { registerModelSignature } from './model-signature.js'

interface ImportOptions {
  readonly out: string
  readonly imageSize: number
  readonly prefix?: string
  readonly seed: number
}

interface ExportOptions {
  readonly out: string
  readonly naming: TorchNaming
}

export function registerModel(program: Command): void {
  const model = program
    .command('model')
    .description('bring weights from PyTorch and give them back; sign a model’s files and check signatures')
  const bring = model
    .command('import')
    .description('make a model of ResNet weights: safetensors, .pth, .pt or .ckpt, in torchvision’s or lightly’s names')
    .argument('<file>', 'no code in it is run')
    .requiredOption('--out <folder>', 'where the model is written')
    .option('--image-size <pixels>', 'edge of the pictures that it will take', wholeNumber, 32)
    .option('--prefix <text>', 'what stands before the names of the network to read, where the file holds several')
    .option('--seed <n>', 'of the projection head, where the file has none', wholeNumber, 0)
    .action(importModel)
  withExamples(bring, [
    'lethe model import resnet18.pth --image-size 224 --out imported',
    'lethe model import checkpoint.ckpt --prefix backbone. --out imported',
  ])
  const give = model
    .command('export')
    .description('write the weights of a ResNet as PyTorch names and lays them out')
    .argument('<model>', 'a folder that lethe train, unlearn or model import wrote')
    .requiredOption('--out <file>', 'a .safetensors file')
    .addOption(
      new Option('--naming <names>', 'torchvision: the encoder alone; lightly: with its projection head')
        .choices(['torchvision', 'lightly'])
        .default('torchvision'),
    )
    .action(exportModel)
  registerModelSignature(model)
  withExamples(give, ['lethe model export model --naming torchvision --out resnet18.safetensors'])
}

function importModel(file: string, { out, imageSize, prefix, seed }: ImportOptions): void {
  if (!existsSync(file)) throw new DomainError('WEIGHTS_MISSING', `There is no file ${file}.`, 'file')
  if (isModelDirectory(out))
    throw new DomainError('OUT_TAKEN', `${out} holds a model already; name another folder.`, '--out')
  const { weights, config, notes } = importTorchWeights(readFileSync(file), {
    raster: { height: imageSize, width: imageSize, channels: 3 },
    fileName: path.basename(file),
    prefix,
    seed,
  })
  writeModelDirectory(out, {
    checkpoint: { weights, state: null },
    manifest: {
      origin: 'import',
      recipe: null,
      dataset: null,
      parent: null,
      unlearning: null,
      forget: null,
      curve: [],
      cost: null,
      provenance: null,
    },
  })
  for (const note of notes) process.stderr.write(`${note}\n`)
  process.stdout.write(
    tabulate([
      ['model', out],
      ['encoder', `${config.kind}, pictures of ${imageSize}×${imageSize}`],
      ['weights', formatBytes(weights.length)],
    ]),
  )
}

function exportModel(directory: string, { out, naming }: ExportOptions): void {
  if (!out.endsWith('.safetensors'))
    throw new DomainError('OUT_INVALID', 'Let the name of the file end in .safetensors.', '--out')
  if (existsSync(out)) throw new DomainError('OUT_TAKEN', `${out} is there already; name another file.`, '--out')
  const { checkpoint } = readModelDirectory(directory, 'model')
  const exported = exportTorchWeights(checkpoint.weights, naming)
  writeWhole(out, exported)
  process.stdout.write(`${out}, ${formatBytes(exported.length)}, in ${naming}’s names\n`)
}
