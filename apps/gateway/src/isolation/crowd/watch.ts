import { marksIn } from '../footprint.js'
import type { CrowdTenant } from './crowd.js'

/** What each tenant of a crowd was shown, and every promise that was not kept. */
export class Watch {
  readonly breaches: string[] = []
  /** GraphQL operations that were sent. */
  operations = 0
  /** Requests of any kind. */
  requests = 0
  /** What streams told. */
  events = 0
  /** By tenant and mark, where it was shown first. */
  readonly #shown = new Map<string, { readonly tenant: CrowdTenant; readonly mark: string; readonly where: string }>()

  breach(tenant: CrowdTenant, where: string, what: unknown): void {
    this.breaches.push(`${tenant.slug}: ${where} ${typeof what === 'string' ? what : JSON.stringify(what)}`)
  }

  /** Names show at once whose they are; ids and digests when all rows are known. */
  show(tenant: CrowdTenant, where: string, text: string): void {
    for (const name of new Set(text.match(/crowd-\d\d/g)))
      if (name !== tenant.slug) this.breach(tenant, where, `gave away ${name}`)
    for (const mark of marksIn(text)) {
      const key = `${tenant.id} ${mark}`
      if (!this.#shown.has(key)) this.#shown.set(key, { tenant, mark, where })
    }
  }

  /** What was shown to somebody in whose rows it is not, but in another tenant's. */
  strangers(owners: ReadonlyMap<string, ReadonlySet<string>>): string[] {
    return [...this.#shown.values()]
      .filter(({ tenant, mark }) => owners.get(mark)?.has(tenant.id) === false)
      .map(({ tenant, mark, where }) => `${tenant.slug}: ${where} gave away ${mark} of another tenant`)
  }

  /** How many marks were looked at: a scan that reads nothing finds nothing. */
  get marks(): number {
    return this.#shown.size
  }
}
