import normal from '@stdlib/stats-base-dists-normal'

/** Φ */
export const normalCdf = (z: number): number => normal.cdf(z, 0, 1)

/** Φ⁻¹ */
export const normalQuantile = (p: number): number => normal.quantile(p, 0, 1)
