import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { addMember, assembleCast, GatewayClient, readTenantId, type Cast, type Scenario } from '@lethe/cli/demo'
import { DomainError } from '@lethe/domain'
import { checkoutDir, startPlatform, type Platform, type ServiceName } from '@lethe/stack'

export interface TestPlatform extends Platform {
  /** Tenants and people of the scenario, signed in once, for signing in is rate-limited. */
  cast: (scenario: Scenario) => Promise<Cast>
  /** The platform's admin, signed in anew. */
  admin: () => Promise<GatewayClient>
  /** End of every log, for a failure's message. */
  logs: () => string
}

let built: Promise<unknown> | undefined

/** Services run from dist; this makes it current, at once if it is. */
export const buildServices = (): Promise<unknown> =>
  (built ??= promisify(execFile)(process.execPath, ['scripts/build.mjs', '--no-portal'], { cwd: checkoutDir }))

/** A folder that PostgreSQL's own account may pass through; removed by {@link removeStateDir}. */
export function makeStateDir(name: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `lethe-${name}-`))
  chmodSync(folder, 0o755)
  return folder
}

export const removeStateDir = (stateDir: string): void =>
  rmSync(stateDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })

/** The real platform without its portal: PostgreSQL, nats-server and every service as processes of their own. */
export async function startTestPlatform(
  stateDir: string,
  chosen: readonly ServiceName[] = ['registrar', 'compute', 'embedding', 'gateway'],
): Promise<TestPlatform> {
  await buildServices()
  const platform = await startPlatform({ stateDir, services: chosen })
  const { urls, facts } = platform
  let cast: Promise<Cast> | undefined
  return {
    ...platform,
    cast: (scenario) =>
      (cast ??= assembleCast({ gatewayUrl: urls.gateway, stateDir, admin: facts.bootstrapAdmin, scenario })),
    admin: () => GatewayClient.signIn(urls.gateway, facts.bootstrapAdmin),
    logs: () =>
      readdirSync(path.join(stateDir, 'logs'))
        .map((name) => tailOf(path.join(stateDir, 'logs', name)))
        .join('\n'),
  }
}

function tailOf(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15)
  return [`— ${path.basename(file)}`, ...lines].join('\n')
}

/** Another data owner of the tenant, signed in. */
export async function joinAsDataOwner(
  { urls, admin }: TestPlatform,
  { as }: Cast,
  subjectKey: string,
): Promise<GatewayClient> {
  const person = {
    email: `${subjectKey}@data-owner.example`,
    name: subjectKey,
    password: `${subjectKey}-${subjectKey}-1234`,
  }
  const tenantId = await readTenantId(as.tenant_owner)
  await addMember(await admin(), { ...person, tenantId, role: 'data_owner', subjectKey })
  return GatewayClient.signIn(urls.gateway, person)
}

const pauseMs = 200

/**
 * Waits for something to become true; the message names it when it does not. The platform may say that it is asked too
 * often, for all tests of a tenant share what it has.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline;) {
    const seen = await look().catch(unlessTooOften)
    if (seen !== undefined && seen !== false) return seen
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  throw new Error(`Not within ${withinMs / 1000} s: ${what}`)
}

function unlessTooOften(error: unknown): undefined {
  if (!(error instanceof DomainError && error.code === 'RATE_LIMITED')) throw error
}
