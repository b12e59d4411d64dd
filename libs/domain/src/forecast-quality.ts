/** One forecast whose clock has ended. */
export interface ScoredForecast {
  readonly clockId: string
  readonly probability: number
  readonly breached: boolean
}

export interface CalibrationBin {
  readonly from: number
  readonly to: number
  readonly forecasts: number
  /** Mean of what was foretold; null where nothing was. */
  readonly foretold: number | null
  /** Share that was breached. */
  readonly observed: number | null
}

export interface ForecastQuality {
  readonly forecasts: number
  /** Forecasts of one clock hang together, so this says how much there really is. */
  readonly clocks: number
  /** Mean squared difference (Brier 1950): 0 is perfect, .25 is what always saying one half earns. Null without any. */
  readonly brier: number | null
  /** What always foretelling the share that was breached would have earned. */
  readonly baseline: number | null
  readonly bins: readonly CalibrationBin[]
}

const edges = [0, 0.05, 0.2, 0.5, 0.8, 1]

/** How good forecasts have been. */
export function judgeForecasts(scored: readonly ScoredForecast[]): ForecastQuality {
  const outcomes = scored.map(({ breached }) => Number(breached))
  const share = mean(outcomes)
  return {
    forecasts: scored.length,
    clocks: new Set(scored.map(({ clockId }) => clockId)).size,
    brier: mean(scored.map(({ probability, breached }) => (probability - Number(breached)) ** 2)),
    baseline: share === null ? null : share * (1 - share),
    bins: edges.slice(0, -1).map((from, index) => binOf(scored, from, edges[index + 1] ?? 1)),
  }
}

/** A bin holds its lower edge, and the last one its upper edge too. */
function binOf(scored: readonly ScoredForecast[], from: number, to: number): CalibrationBin {
  const inside = scored.filter(({ probability: p }) => p >= from && (p < to || (to === 1 && p === 1)))
  return {
    from,
    to,
    forecasts: inside.length,
    foretold: mean(inside.map(({ probability }) => probability)),
    observed: mean(inside.map(({ breached }) => Number(breached))),
  }
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
