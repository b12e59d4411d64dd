import { changes } from './changes.js'
import type { CrowdTenant } from './crowd.js'
import { reads } from './reads.js'
import type { Gateway, Visit } from './visit.js'
import type { Watch } from './watch.js'

type Operation = (visit: Visit) => Promise<void>

const { glance } = reads

/** As a portal would: glances mostly, and now and then somebody changes something. */
const operations: readonly Operation[] = [
  changes.requestErasure,
  reads.lists,
  changes.createApiKey,
  reads.lookUp,
  changes.replay,
  reads.cases,
  changes.meddle,
  reads.lookUpStrangers,
  changes.contradict,
  reads.keeping,
  reads.download,
  reads.readSamples,
  changes.upload,
  changes.replay,
  reads.exportRequests,
  reads.lookUp,
].flatMap((operation) => [operation, glance, glance])

export interface Visits {
  readonly crowd: readonly CrowdTenant[]
  readonly gateways: readonly [Gateway, Gateway]
  readonly watch: Watch
  readonly count: number
  readonly atOnce: number
}

/** Every operation for every tenant, many at once, in an order that mixes them: the same order each time. */
export async function runVisits({ crowd, gateways, watch, count, atOnce }: Visits): Promise<void> {
  const of = <T>(list: readonly T[], index: number): T => list[index % list.length] as T
  let next = 0
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const index = (n * n * 31 + n * 7) % 101
      const asker = of(crowd, index)
      const visit: Visit = {
        asker,
        stranger: of(crowd, index + 1 + (n % (crowd.length - 1))),
        token: n % 2 === 0 ? asker.token : asker.key,
        gateway: of(gateways, n >> 1),
        other: of(gateways, (n >> 1) + 1),
        watch,
        n,
      }
      await of(operations, n)(visit).catch((error: unknown) => watch.breach(asker, 'a visit', String(error)))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
