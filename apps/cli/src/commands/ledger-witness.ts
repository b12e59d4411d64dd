import { DomainError } from '@lethe/domain'
import { encodeSigner, encodeVerifier, parseWitnessSigner, witnessFromPrivateKey } from '@lethe/ledger'
import type { Command } from 'commander'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { wholeNumber, withExamples } from '../files/command-options.js'
import { readRoots } from '../ledger/read-roots.js'
import { describeObservation, observeLogs, type WitnessOptions } from '../ledger/witness.js'

interface Options {
  readonly follow: string
  readonly trust: string
  readonly key: string
  readonly state: string
  readonly out?: string
  readonly every?: number
  readonly json?: boolean
}

/** For whoever watches a log from outside: needs files or plain HTTP, and no platform. */
export function registerWitness(ledger: Command): void {
  const key = ledger
    .command('witness-key')
    .description('make the key of a witness, and print the line that verifiers trust')
    .argument('<name>', 'who the witness is, such as witness.example.org/lethe')
    .requiredOption('--out <file>', 'where the private key goes')
    .action(makeKey)
  withExamples(key, ['lethe ledger witness-key witness.example.org/lethe --out witness.key'])
  const witness = ledger
    .command('witness')
    .description('follow published logs, refuse one that forgot or rewrote anything, and cosign what has grown')
    .requiredOption('--follow <folder or url>', 'where checkpoints are published, <tenant>/latest')
    .requiredOption('--trust <file>', 'trust roots: each log named there is followed')
    .requiredOption('--key <file>', 'of the witness, made by witness-key')
    .requiredOption('--state <file>', 'what was cosigned last; without it the past is not known')
    .option('--out <folder>', 'receives cosigned checkpoints, <tenant>/<size>.cosigned')
    .option('--every <seconds>', 'go on and look again; default once', wholeNumber)
    .option('--json', 'print a line of JSON for each log')
    .action(follow)
  withExamples(
    witness,
    ['lethe ledger witness --follow checkpoints --trust trust.txt --key witness.key --state seen.json --every 60'],
    ['4  a log was refused: rolled back, rewritten, unproven or not published; nothing of it was cosigned'],
  )
}

function makeKey(name: string, { out }: { out: string }): void {
  if (existsSync(out)) throw new DomainError('OUT_TAKEN', `${out} is there already; name another file.`, '--out')
  const signer = witnessFromPrivateKey(name, generateKeyPairSync('ed25519').privateKey)
  writeFileSync(out, `${encodeSigner(signer)}\n`, { mode: 0o600, flag: 'wx' })
  process.stdout.write(`witness ${encodeVerifier(signer)}\n`)
}

async function follow(options: Options): Promise<void> {
  const { every, json } = options
  const settings: WitnessOptions = {
    follow: options.follow,
    roots: readRoots(options.trust),
    signer: readKey(options.key),
    stateFile: options.state,
    out: options.out,
  }
  if (settings.roots.logs.length === 0)
    throw new DomainError('TRUST_MISSING', 'The trust roots name no log; "lethe ledger trust" prints them.', '--trust')
  for (;;) {
    for (const observation of await observeLogs(settings, () => new Date())) {
      const stream = observation.refusal === null || json ? process.stdout : process.stderr
      stream.write(json ? `${JSON.stringify(observation)}\n` : describeObservation(observation))
      if (observation.refusal !== null) process.exitCode = 4
    }
    if (every === undefined) return
    await wait(every * 1000)
  }
}

function readKey(file: string) {
  if (!existsSync(file)) throw new DomainError('FILE_MISSING', `There is no file ${file}.`, '--key')
  return parseWitnessSigner(readFileSync(file, 'utf8').trim())
}
