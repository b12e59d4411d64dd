import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { Money } from '../erasure/plan-option.types.js'
import { DeviceCosts } from './cost.types.js'
import { costOf, readDevicePrice } from './device-price.js'

/** As far back as measured cost is summed up, for tenants and for platform admins. */
export const measuredDays = 30

interface Measured {
  readonly runs: number
  readonly wall: number
  readonly cpu: number
  readonly peak: number
}

/** Every run that ended counts, whoever asked for it and however it ended. */
export async function readDeviceCosts({ db, tenantId, now }: Scope): Promise<DeviceCosts> {
  const measuredSince = new Date(now().getTime() - measuredDays * 86_400_000)
  const { price, measured } = await db.$transaction(async (tx) => ({
    price: await readDevicePrice(tx, tenantId),
    measured: await tx.$queryRaw<Measured[]>`
      SELECT count(*)::int AS runs,
             coalesce(sum((cost ->> 'wallSeconds')::float8), 0) AS wall,
             coalesce(sum((cost ->> 'cpuSeconds')::float8), 0) AS cpu,
             coalesce(max((cost ->> 'peakMemoryBytes')::float8), 0) AS peak
      FROM run WHERE tenant_id = ${tenantId}::uuid AND finished_at >= ${measuredSince}`,
  }))
  const { runs, wall, cpu, peak } = measured[0] ?? { runs: 0, wall: 0, cpu: 0, peak: 0 }
  return shape(DeviceCosts, {
    price: price && shape(Money, { amount: price.perHour, currency: price.currency }),
    measuredSince,
    settledRuns: runs,
    wallSeconds: wall,
    cpuSeconds: cpu,
    peakMemoryBytes: peak,
    cost: costOf(wall, price),
  })
}
