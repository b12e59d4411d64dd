import type { Estimate } from '@lethe/domain'
import { html, type Markup } from '../html.js'

const WIDTH = 160
const HEIGHT = 18

const at = (value: number): string => (Math.min(1, Math.max(0, value)) * WIDTH).toFixed(1)

/** An AUC with its interval from 0 to 1, chance in the middle and the band that the policy allows. The number stands beside it. */
export function aucBar({ value, interval }: Estimate, margin: number): Markup {
  const [low, high] = interval ?? [value, value]
  const middle = HEIGHT / 2
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    <line class="rail" x1="0" x2="${WIDTH}" y1="${middle}" y2="${middle}" />
    <rect class="band" x="${at(0.5 - margin)}" width="${(2 * margin * WIDTH).toFixed(1)}" y="0" height="${HEIGHT}" />
    <line class="chance" x1="${at(0.5)}" x2="${at(0.5)}" y1="0" y2="${HEIGHT}" />
    <line class="reach" x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}" />
    <circle class="point" cx="${at(value)}" cy="${middle}" r="3.5" />
  </svg>`
}
