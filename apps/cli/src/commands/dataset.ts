import { inspectDataset, openSource, type DatasetInspection, type TallyResult } from '@lethe/datasets'
import { DomainError } from '@lethe/domain'
import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { decimal, wholeNumber, withExamples } from '../files/command-options.js'
import { formatBytes } from '../files/format-quantities.js'
import { digestOf, writeWhole } from '../files/model-directory.js'
import { ingest, linesOf, samplesFileOf } from '../files/open-dataset.js'
import { showProgress } from '../files/show-progress.js'
import { tabulate } from '../files/tabulate.js'

const formats =
  'CIFAR-10 or CIFAR-100 binary, an image folder, a WebDataset tar, Parquet with an image column, a CSV or JSON Lines list'

interface ColumnOptions {
  readonly imageColumn?: string
  readonly captionColumn?: string
  readonly classColumn?: string
  readonly ownerColumn?: string
  readonly splitColumn?: string
  readonly root?: string
}

interface PackOptions extends ColumnOptions {
  readonly out: string
  readonly imageSize: number
  readonly owner?: string
  readonly heldOut?: number
  readonly splitSeed?: number
}

export function registerDataset(program: Command): void {
  const dataset = program.command('dataset').description('look at datasets in files, and make packs of them')
  const inspect = withColumns(
    dataset
      .command('inspect')
      .description('count samples, classes, captions, duplicates and what could not be read')
      .argument('<source>', formats)
      .option('--json', 'print JSON'),
  ).action(async (source: string, options: ColumnOptions & { json?: boolean }) => {
    const inspection = await inspectSource(source, options)
    process.stdout.write(options.json ? `${JSON.stringify(inspection, null, 2)}\n` : describeInspection(inspection))
  })
  withExamples(inspect, ['lethe dataset inspect pictures/', 'lethe dataset inspect train-00000.parquet --json'])
  const pack = withColumns(
    dataset
      .command('pack')
      .description('decode a dataset into the one file that training reads')
      .argument('<source>', formats)
      .requiredOption('--out <file>', 'the pack, a .safetensors file; what is known of each sample goes beside it')
      .option('--image-size <pixels>', 'edge of the square that every picture is fitted into', wholeNumber, 32)
      .option('--held-out <share>', 'of the samples without a split; default 0.1', decimal)
      .option('--split-seed <n>', 'another deal of the splits', wholeNumber)
      .option('--owner <key>', 'of the samples without an owner; default unassigned'),
  ).action(packSource)
  withExamples(pack, [
    'lethe dataset pack cifar-10-batches-bin --out cifar.safetensors',
    'lethe dataset pack pairs.csv --caption-column title --image-size 64 --out pairs.safetensors',
  ])
}

const withColumns = (command: Command): Command =>
  command
    .option('--image-column <name>', 'of lists, tables and metadata files; by default the usual names are looked for')
    .option('--caption-column <name>')
    .option('--class-column <name>')
    .option('--owner-column <name>')
    .option('--split-column <name>')
    .option('--root <folder>', 'what the paths of a list are relative to')

function sourceOptions(options: ColumnOptions) {
  const columns = {
    image: options.imageColumn,
    caption: options.captionColumn,
    group: options.classColumn,
    owner: options.ownerColumn,
    split: options.splitColumn,
  }
  return { columns, ...(options.root === undefined ? {} : { root: options.root }) }
}

async function inspectSource(source: string, options: ColumnOptions): Promise<DatasetInspection> {
  const opened = await openSource(source, sourceOptions(options))
  const progress = showProgress()
  try {
    return await inspectDataset(opened, {
      onProgress: ({ seen, expected }) => {
        const fraction = expected === null ? 1 - 1 / (1 + seen / 5000) : seen / Math.max(seen, expected)
        progress.update({ phase: 'inspect', fraction: Math.min(0.999, fraction), step: seen })
      },
    })
  } finally {
    progress.stop()
  }
}

async function packSource(source: string, options: PackOptions): Promise<void> {
  const { out, imageSize, owner, heldOut, splitSeed } = options
  if (!out.endsWith('.safetensors'))
    throw new DomainError('OUT_INVALID', 'Let the name of the pack end in .safetensors.', '--out')
  if (existsSync(out)) throw new DomainError('OUT_TAKEN', `${out} is there already; name another file.`, '--out')
  const splitShares = {
    ...(heldOut === undefined ? {} : { heldOut }),
    ...(splitSeed === undefined ? {} : { seed: splitSeed }),
  }
  const dataset = await ingest(source, {
    ...sourceOptions(options),
    imageSize,
    splitShares,
    ...(owner === undefined ? {} : { owner }),
  })
  writeWhole(out, dataset.pack)
  writeWhole(samplesFileOf(out), linesOf(dataset.samples))
  const split = (name: string) => dataset.samples.filter((sample) => sample.split === name).length
  process.stdout.write(
    tabulate([
      ['pack', `${out}, ${formatBytes(dataset.pack.length)}`],
      ['sha-256', digestOf(dataset.pack)],
      ['samples', `${samplesFileOf(out)}: ${split('train')} to train on, ${split('held-out')} held out`],
    ]),
  )
}

export function describeInspection(inspection: DatasetInspection): string {
  const { samples, bytes, smallest, largest, captioned, exactDuplicates, nearDuplicates } = inspection
  const size = (edge: { width: number; height: number } | null) => (edge ? `${edge.width}×${edge.height}` : '–')
  const rows: [string, string][] = [
    ['format', inspection.format],
    ['samples', `${samples}, ${formatBytes(bytes)} (${top(inspection.pictureFormats)})`],
    ['sizes', `${size(smallest)} to ${size(largest)}, ${inspection.sizes.distinct} different`],
    [
      'classes',
      inspection.classes.distinct === 0 ? 'none' : `${inspection.classes.distinct}: ${top(inspection.classes)}`,
    ],
    ['captions', captioned === 0 ? 'none' : `${captioned} of ${samples}`],
    [
      'owners',
      inspection.owners.distinct === 0 ? 'none named' : `${inspection.owners.distinct}: ${top(inspection.owners)}`,
    ],
    ['splits', inspection.splits.distinct === 0 ? 'none named' : top(inspection.splits)],
    ['duplicates', `${exactDuplicates} exact, ${nearDuplicates} near`],
    ['quarantined', String(inspection.quarantinedCount)],
  ]
  if (inspection.resemblanceUnknown > 0)
    rows.splice(8, 0, ['', `resemblance was not fully looked for in ${inspection.resemblanceUnknown}`])
  const reasons = inspection.quarantineReasons.top.map(({ name, count }) => `  ${count} × ${name}\n`)
  return tabulate(rows) + reasons.join('')
}

const SHOWN = 6

const top = ({ top: entries, distinct }: TallyResult): string =>
  entries
    .slice(0, SHOWN)
    .map(({ name, count }) => `${name} ${count}`)
    .join(', ') + (distinct > SHOWN ? ', …' : '')
