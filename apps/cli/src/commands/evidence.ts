import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { DomainError } from '@lethe/domain'
import type { Command } from 'commander'
import { downloadBundle, findRequestId, requestBundle } from '../demo/index.js'
import { withExamples } from '../files/command-options.js'
import { formatBytes } from '../files/format-quantities.js'
import { tabulate } from '../files/tabulate.js'
import { signIn, type SignInOptions, withSignIn } from '../sign-in.js'

interface BundleOptions extends SignInOptions {
  readonly out: string
}

export function registerEvidence(program: Command): void {
  const evidence = program.command('evidence').description('take evidence home from a platform that is up')
  const bundle = evidence
    .command('bundle')
    .description('have the evidence of one erasure request made into an archive, and download it')
    .argument('<request>', 'number or id of the request')
    .requiredOption('-o, --out <file>', 'where the archive goes')
    .action(takeBundle)
  withExamples(withSignIn(bundle, 'auditor'), [
    'lethe evidence bundle 1 -o erasure-1.tar',
    'LETHE_PASSWORD=… lethe evidence bundle 1 -o erasure-1.tar --gateway https://lethe.example --email me@acme.example',
    'lethe verify erasure-1.tar --trust trust.txt',
  ])
}

async function takeBundle(request: string, { out, ...options }: BundleOptions): Promise<void> {
  if (existsSync(out)) throw new DomainError('OUT_TAKEN', `${out} is there already; name another file.`, '--out')
  const client = await signIn(options, 'auditor')
  const erasureRequestId = await findRequestId(client, request)
  const { id } = await requestBundle(client, { idempotencyKey: randomUUID(), erasureRequestId })
  const { bundle, bytes } = await downloadBundle(client, id)
  await writeFile(out, bytes, { flag: 'wx' })
  process.stdout.write(
    tabulate([
      ['bundle', out],
      ['size', formatBytes(bytes.length)],
      ['sha256', String(bundle.digest)],
      ['log', `${bundle.logSize} entries`],
      ['verify', `lethe verify ${out} --trust trust.txt`],
    ]),
  )
}
