import { judgeForecasts } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { CalibrationBin, ForecastQuality } from './forecast.types.js'

/** Further back, requests were handled by other people and machines. */
const NEWEST = 5000

/** How good the tenant's forecasts have been, over those whose clock has ended. */
export async function readForecastQuality({ db }: Scope): Promise<ForecastQuality> {
  const rows = await db.breachForecast.findMany({
    where: { scoredAt: { not: null } },
    orderBy: { scoredAt: 'desc' },
    take: NEWEST,
    select: { clockId: true, probability: true, breached: true },
  })
  const quality = judgeForecasts(rows.map((row) => ({ ...row, breached: row.breached === true })))
  return shape(ForecastQuality, { ...quality, bins: quality.bins.map((bin) => shape(CalibrationBin, bin)) })
}
