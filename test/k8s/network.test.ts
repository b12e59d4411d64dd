import { describe, expect, it } from 'vitest'
import { whole, workloads } from './cluster.js'
import { textAt, type JsonObject, type Manifest } from './manifests.js'
import { mayReach } from './may-reach.js'

describe('the network', () => {
  const postgres = { app: 'postgres' }
  const reachesPostgres = (from: readonly Manifest[], app: string) => mayReach(from, { app }, postgres, 5432)

  it('leads gateway, registrar and migrations to PostgreSQL, and nobody else', () => {
    const apps = [...new Set(workloads.map(({ labels }) => textAt(labels, 'app')))]
    expect(apps.filter((app) => reachesPostgres(whole, app)).sort()).toEqual(['gateway', 'migrate', 'registrar'])
    for (const { labels } of workloads.filter((workload) => workload.labels['app'] === 'compute')) {
      expect(mayReach(whole, labels, postgres, 5432)).toBe(false)
    }
  })

  it('would be seen open if both policies let compute through, or if there were none', () => {
    const widened = whole.map(({ file, document }) => {
      const text = JSON.stringify(document).replaceAll('"gateway","registrar","migrate"', '$&,"compute"')
      return { file, document: JSON.parse(text) as JsonObject }
    })
    expect(reachesPostgres(widened, 'compute')).toBe(true)
    const without = whole.filter(({ document }) => document['kind'] !== 'NetworkPolicy')
    expect(reachesPostgres(without, 'compute')).toBe(true)
  })

  it('leads workers to the blobs that the registrar gives out, and nobody else there or to its other ports', () => {
    const blobs = { app: 'registrar' }
    const apps = [...new Set(workloads.map(({ labels }) => textAt(labels, 'app')))]
    const reach = (from: readonly Manifest[]) => apps.filter((app) => mayReach(from, { app }, blobs, 4300)).sort()
    expect(reach(whole)).toEqual(['compute', 'embedding'])
    expect(apps.filter((app) => mayReach(whole, { app }, blobs, 8080))).toEqual([])
    const without = whole.filter(({ document }) => document['kind'] !== 'NetworkPolicy')
    expect(reach(without)).toEqual([...apps].sort())
  })

  it('leads every service to the bus, the portal to the gateway alone, and nobody to compute', () => {
    for (const app of ['gateway', 'registrar', 'compute', 'embedding']) {
      expect(mayReach(whole, { app }, { app: 'nats' }, 4222)).toBe(true)
    }
    expect(mayReach(whole, { app: 'portal' }, { app: 'gateway' }, 4000)).toBe(true)
    expect(mayReach(whole, { app: 'portal' }, { app: 'nats' }, 4222)).toBe(false)
    expect(mayReach(whole, { app: 'portal' }, postgres, 5432)).toBe(false)
    expect(mayReach(whole, { app: 'gateway' }, { app: 'compute' }, 8080)).toBe(false)
    expect(mayReach(whole, { app: 'compute' }, { app: 'nats' }, 8222)).toBe(false)
  })
})
