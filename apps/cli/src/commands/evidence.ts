import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { DomainError } from '@lethe/domain'
import { readPlatformRecord } from '@lethe/stack'
import type { Command } from 'commander'
import {
  downloadBundle,
  emojiScenario,
  findRequestId,
  GatewayClient,
  listSignIns,
  requestBundle,
} from '../demo/index.js'
import { readSignInEnv } from '../env.js'
import { withExamples } from '../files/command-options.js'
import { formatBytes } from '../files/format-quantities.js'
import { tabulate } from '../files/tabulate.js'
import { stateDirOf } from '../state-dir.js'

interface BundleOptions {
  readonly out: string
  readonly gateway?: string
  readonly email?: string
}

export function registerEvidence(program: Command): void {
  const evidence = program.command('evidence').description('take evidence home from a platform that is up')
  const bundle = evidence
    .command('bundle')
    .description('have the evidence of one erasure request made into an archive, and download it')
    .argument('<request>', 'number or id of the request')
    .requiredOption('-o, --out <file>', 'where the archive goes')
    .option('--gateway <url>', 'of the platform; default the one that runs from LETHE_HOME')
    .option(
      '--email <address>',
      'who signs in, with the password in LETHE_PASSWORD; default the demonstration’s auditor',
    )
    .action(takeBundle)
  withExamples(bundle, [
    'lethe evidence bundle 1 -o erasure-1.tar',
    'LETHE_PASSWORD=… lethe evidence bundle 1 -o erasure-1.tar --gateway https://lethe.example --email me@acme.example',
    'lethe verify erasure-1.tar --trust trust.txt',
  ])
}

async function takeBundle(request: string, { out, gateway, email }: BundleOptions): Promise<void> {
  if (existsSync(out)) throw new DomainError('OUT_TAKEN', `${out} is there already; name another file.`, '--out')
  const client = await signIn(gateway, email)
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

/** Of a platform here everything is known; of one elsewhere, who signs in must be said. */
async function signIn(gateway: string | undefined, email: string | undefined): Promise<GatewayClient> {
  const stateDir = stateDirOf()
  const record = gateway === undefined ? readPlatformRecord(stateDir) : undefined
  const url = gateway ?? record?.urls.gateway
  if (url === undefined)
    throw new DomainError('NO_PLATFORM', `No platform was started from ${stateDir}; give --gateway.`, '--gateway')
  if (email !== undefined) return GatewayClient.signIn(url, { email, password: passwordOf(email) })
  if (record === undefined) throw new DomainError('SIGN_IN_MISSING', 'Say who signs in.', '--email')
  const people = await listSignIns(stateDir, emojiScenario(record.backendName))
  const auditor = people.find(({ role }) => role === 'auditor')
  if (auditor === undefined) throw new DomainError('SIGN_IN_MISSING', 'Say who signs in.', '--email')
  return GatewayClient.signIn(url, auditor)
}

function passwordOf(email: string): string {
  const { password } = readSignInEnv()
  if (password !== undefined) return password
  throw new DomainError('SIGN_IN_MISSING', `Give the password of ${email} in this variable.`, 'LETHE_PASSWORD')
}
