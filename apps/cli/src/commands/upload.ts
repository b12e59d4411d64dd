import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { DomainError } from '@lethe/domain'
import type { Command } from 'commander'
import { registerDataset, uploadFile } from '../demo/index.js'
import { wholeNumber, withExamples } from '../files/command-options.js'
import { showProgress } from '../files/show-progress.js'
import { tabulate } from '../files/tabulate.js'
import { signIn, type SignInOptions, withSignIn } from '../sign-in.js'

interface UploadOptions extends SignInOptions {
  readonly name: string
  readonly description: string
  readonly attribution: string
  readonly imageSize: number
}

export function registerUpload(program: Command): void {
  const upload = program
    .command('upload')
    .description('send a WebDataset tar to a platform that is up, and register it; goes on where it was broken off')
    .argument('<file>', 'the tar')
    .requiredOption('--name <name>', 'of the dataset; a known one gets its next version')
    .option('--description <text>', 'what it is', '')
    .option('--attribution <text>', 'whose pictures they are and by what licence', '')
    .option('--image-size <pixels>', 'edge of the square that every picture is fitted into', wholeNumber, 32)
    .action(uploadDataset)
  withExamples(withSignIn(upload, 'engineer'), [
    'lethe upload pictures.tar --name pictures',
    'LETHE_PASSWORD=… lethe upload pictures.tar --name pictures --gateway https://lethe.example --email me@acme.example',
  ])
}

async function uploadDataset(file: string, options: UploadOptions): Promise<void> {
  if (!existsSync(file)) throw new DomainError('FILE_MISSING', `There is no file ${file}.`, '<file>')
  const { name, description, attribution, imageSize, ...who } = options
  const client = await signIn(who, 'engineer')
  const view = showProgress()
  const uploadDigest = await uploadFile(client, file, (sent, of) =>
    view.update({ phase: 'upload', fraction: of === 0 ? 1 : sent / of }),
  ).finally(() => view.stop())
  const input = { idempotencyKey: randomUUID(), name, description, attribution, uploadDigest, imageSize }
  const version = await registerDataset(client, input)
  process.stdout.write(
    tabulate([
      ['dataset', name],
      ['version', String(version.number)],
      ['state', version.state],
      ['sha256', uploadDigest],
    ]),
  )
}
