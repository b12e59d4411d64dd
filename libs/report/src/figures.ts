import type { Estimate } from '@lethe/domain'

const MINUS = '\u2212'

/** A number with a real minus sign; what is not finite is a dash. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–'
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text
}

export const signed = (value: number, digits = 2): string =>
  value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${figure(value, digits)}` : figure(value, digits)

export const percent = (value: number, digits = 0): string => `${figure(100 * value, digits)} %`

export const probability = (p: number | null): string => (p === null ? '–' : p < 0.001 ? '< 0.001' : figure(p))

export const estimate = ({ value, interval }: Estimate, show: (value: number) => string = figure): string =>
  interval === null ? show(value) : `${show(value)} [${show(interval[0])}, ${show(interval[1])}]`
