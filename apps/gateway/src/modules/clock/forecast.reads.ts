import { judgeForecasts } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { seesAllRequests, visibleRequests } from '../erasure/visible-requests.js'
import { CalibrationBin, ForecastQuality } from './forecast.types.js'

/** Further back, requests were handled by other people and machines. */
const NEWEST = 5000

/** How good the forecasts of requests that the viewer may see have been, over those whose clock has ended. */
export async function readForecastQuality({ db, viewer }: Scope): Promise<ForecastQuality> {
  const seen = seesAllRequests(viewer)
    ? {}
    : {
        clockId: {
          in: (await db.slaClock.findMany({ where: { request: visibleRequests(viewer) }, select: { id: true } })).map(
            ({ id }) => id,
          ),
        },
      }
  const rows = await db.breachForecast.findMany({
    where: { scoredAt: { not: null }, ...seen },
    orderBy: { scoredAt: 'desc' },
    take: NEWEST,
    select: { clockId: true, probability: true, breached: true },
  })
  const quality = judgeForecasts(rows.map((row) => ({ ...row, breached: row.breached === true })))
  return shape(ForecastQuality, { ...quality, bins: quality.bins.map((bin) => shape(CalibrationBin, bin)) })
}
