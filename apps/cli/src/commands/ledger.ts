import { DomainError } from '@lethe/domain'
import { platformHolder, rotateLogKey } from '@lethe/stack'
import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { withExamples } from '../files/command-options.js'
import { tabulate } from '../files/tabulate.js'
import { type Blobs, withBlobs } from '../ledger/open-blobs.js'
import { checkLogs, describeReports, isSound, keysByTenant, tenantsOf } from '../ledger/fsck.js'
import { localLogKeys, localTrustRoots } from '../ledger/local-roots.js'
import { localSecrets, withLogDatabase } from '../ledger/open-log-database.js'
import { readRoots } from '../ledger/read-roots.js'
import { stateDirOf } from '../state-dir.js'
import { registerWitness } from './ledger-witness.js'

interface FsckOptions {
  readonly tenant?: string
  readonly checkpoints?: string
  readonly artifacts?: string | true
  readonly database?: string
  readonly trust?: string
  readonly json?: boolean
}

const damaged = '4  something is not as it was signed; what, is named'

export function registerLedger(program: Command): void {
  const ledger = program
    .command('ledger')
    .description('check the evidence logs, follow them from outside, and their keys')
  const fsck = ledger
    .command('fsck')
    .description('rebuild every log from its rows and compare it with all that was ever signed over it')
    .option('--tenant <id>', 'this tenant’s log alone')
    .option('--checkpoints <folder>', 'where checkpoints are published; default that of the platform of LETHE_HOME')
    .option(
      '--artifacts [where]',
      'also read every blob that evidence names: nats (that of LETHE_HOME or NATS_URL) or file:///folder',
    )
    .option('--database <url>', 'PostgreSQL as the login lethe_registrar; default that of LETHE_HOME')
    .option('--trust <file>', 'trust roots; default the keys of the platform of LETHE_HOME')
    .option('--json', 'print JSON')
    .action(fsckLogs)
  withExamples(fsck, ['lethe ledger fsck', 'lethe ledger fsck --tenant 0198… --json'], [damaged])
  const trust = ledger
    .command('trust')
    .description('print the trust roots of the platform of LETHE_HOME: give them to verifiers by a way of their own')
    .option('--tenant <id>', 'this tenant’s log alone; needs no database')
    .option('--database <url>', 'PostgreSQL as the login lethe_registrar; default that of LETHE_HOME')
    .action(printTrust)
  withExamples(trust, ['lethe ledger trust > trust.txt'])
  const rotate = ledger
    .command('rotate-key')
    .description('let a new key sign the logs from the next start on; what the old one signed stays valid')
    .action(rotateKey)
  withExamples(rotate, ['lethe ledger rotate-key && lethe ledger trust > trust.txt'])
  registerWitness(ledger)
}

async function fsckLogs(options: FsckOptions): Promise<void> {
  const { tenant: tenantId, database, json } = options
  const keysOf = options.trust === undefined ? localLogKeys : keysByTenant(readRoots(options.trust))
  const checkpoints =
    options.checkpoints ?? (database === undefined ? path.join(stateDirOf(), 'checkpoints') : undefined)
  if (options.checkpoints !== undefined && !existsSync(options.checkpoints))
    throw new DomainError('FOLDER_MISSING', `There is no folder ${options.checkpoints}.`, '--checkpoints')
  const check = (blobs?: Blobs) =>
    withLogDatabase(database, (db) => checkLogs(db, { tenantId, checkpoints, blobs, keysOf }))
  const { artifacts } = options
  const reports = await (artifacts === undefined ? check() : withBlobs(artifacts === true ? 'nats' : artifacts, check))
  process.stdout.write(json ? `${JSON.stringify(reports, null, 2)}\n` : describeReports(reports))
  if (!isSound(reports)) process.exitCode = 4
}

async function printTrust({ tenant, database }: { tenant?: string; database?: string }): Promise<void> {
  const tenants = tenant === undefined ? await withLogDatabase(database, tenantsOf) : [tenant]
  const lines = localTrustRoots(tenants)
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

function rotateKey(): void {
  const stateDir = stateDirOf()
  localSecrets(stateDir)
  const running = platformHolder(stateDir)
  if (running !== undefined)
    throw new DomainError(
      'PLATFORM_RUNNING',
      `Lethe runs from ${stateDir} (process ${running}); stop it first.`,
      'LETHE_HOME',
    )
  const { previous, next } = rotateLogKey(stateDir)
  process.stdout.write(
    tabulate([
      ['before', previous],
      ['now', next],
      ['', 'Both belong into the trust roots of verifiers: lethe ledger trust'],
    ]),
  )
}
