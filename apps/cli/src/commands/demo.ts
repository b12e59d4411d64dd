import { DomainError } from '@lethe/domain'
import { openSecrets, readPlatformRecord } from '@lethe/stack'
import type { Command } from 'commander'
import { runDemo } from '../demo/index.js'
import { localTrustRoots } from '../ledger/local-roots.js'
import { stateDirOf } from '../state-dir.js'

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('run or continue the demonstration on a platform that is up')
    .action(async () => {
      process.exitCode = (await demonstrate(stateDirOf())) ? 0 : 1
    })
}

/** @returns whether every check at the end held; the verdict of the audit is not one of them. */
async function demonstrate(stateDir: string): Promise<boolean> {
  const record = readPlatformRecord(stateDir)
  if (!record)
    throw new DomainError('NO_PLATFORM', `No platform has been started in ${stateDir}: run \`npm start\` first.`)
  const { bootstrapAdmin, logPublicKey } = openSecrets(stateDir)
  const { summary } = await runDemo({
    gatewayUrl: record.urls.gateway,
    embeddingUrl: record.urls.embedding,
    stateDir,
    backend: record.backendName,
    admin: bootstrapAdmin,
    logPublicKey,
    trustRootsOf: (tenantId) => localTrustRoots([tenantId], stateDir),
    out: process.stdout,
  })
  return summary.checks.every(({ ok }) => ok)
}
