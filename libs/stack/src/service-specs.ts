import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { checkoutDir } from './checkout-dir.js'
import { findFreePort } from './free-port.js'
import type { PlatformRecord } from './platform-record.js'
import { localUrl, serviceEnv, serviceNames, type PlatformFacts, type ServiceName } from './service-env.js'
import type { ServiceSpec } from './supervise.js'

const entries: Readonly<Record<ServiceName, string>> = {
  registrar: 'services/registrar/dist/main.js',
  compute: 'services/compute/dist/main.js',
  embedding: 'services/embedding/dist/main.js',
  gateway: 'apps/gateway/dist/main.js',
  portal: 'apps/portal/.next/standalone/apps/portal/server.js',
}

/** Services that have been built, in the order in which they start. */
export const builtServices = (): ServiceName[] =>
  serviceNames.filter((name) => existsSync(path.join(checkoutDir, entries[name])))

export function serviceSpec(
  name: ServiceName,
  facts: PlatformFacts,
  logDir: string,
  inherited: Readonly<Record<string, string>>,
): ServiceSpec {
  const entry = path.join(checkoutDir, entries[name])
  return {
    name,
    args: ['--enable-source-maps', entry],
    cwd: path.dirname(entry),
    env: { ...inherited, ...serviceEnv(name, facts) },
    readyUrl: `${localUrl(facts.ports[name])}/readyz`,
    logFile: path.join(logDir, `${name}.log`),
  }
}

/**
 * The ports of last time if they are free, so that bookmarks hold. The first time they follow from the state directory, so
 * that two checkouts that start at the same moment do not reach for the same ones. `blobsPort` has no bookmarks.
 */
export async function choosePorts(
  stateDir: string,
  wanted: Partial<Record<ServiceName, number>>,
  earlier: PlatformRecord | undefined,
): Promise<{ ports: Record<ServiceName, number>; blobsPort: number }> {
  const base = 20_000 + (createHash('sha256').update(stateDir).digest().readUInt16BE(0) % 3300) * 6
  const ports = await Promise.all(
    serviceNames.map(async (name, index) => {
      const before = earlier?.services.find((service) => service.name === name)?.port
      return [name, await findFreePort(wanted[name], before, base + index)] as const
    }),
  )
  return {
    ports: Object.fromEntries(ports) as Record<ServiceName, number>,
    blobsPort: await findFreePort(base + serviceNames.length),
  }
}
