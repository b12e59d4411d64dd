import type { Estimate, Histogram, ModelMeasures } from '@lethe/domain'
import { figure } from '../figures.js'
import { html, type Markup } from '../html.js'
import type { Words } from '../words/words.js'
import { ticks } from './ticks.js'

const WIDTH = 360
const PLOT = 130
const HEIGHT = PLOT + 72
const LEFT = 10
const RIGHT = WIDTH - 10

/** Two panels on one scale: both sets on the model before and after, their means with intervals beneath. */
export function histograms(all: readonly Histogram[], models: readonly ModelMeasures[], words: Words): Markup {
  const panels = (['before', 'after'] as const).map((stage) => {
    const of = (series: Histogram['series']) => all.find((histogram) => histogram.series === series)
    const [forget, heldOut] = [of(`forget-${stage}`), of(`held-out-${stage}`)]
    const model = models.find(({ role }) => role === stage)
    return forget && heldOut && model ? panel(stage, forget, heldOut, model, highestShare(all), words) : null
  })
  return html`<div class="panels">${panels}</div>
    <p class="keys">
      <span class="key forget"></span>${words.matrices.sets.forget} <span class="key held-out"></span>${
        words.matrices.sets.heldOut
      }
    </p>`
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

const highestShare = (all: readonly Histogram[]): number =>
  Math.max(...all.map(({ counts }) => Math.max(...counts) / Math.max(1, sum(counts))), 1e-9)

function panel(
  stage: 'before' | 'after',
  forget: Histogram,
  heldOut: Histogram,
  model: ModelMeasures,
  highest: number,
  words: Words,
): Markup {
  const low = forget.edges[0] ?? 0
  const high = forget.edges.at(-1) ?? 1
  const x = (value: number) => LEFT + ((RIGHT - LEFT) * (value - low)) / (high - low || 1)
  const y = (share: number) => PLOT - ((PLOT - 12) * share) / highest
  const name = words.matrices.stages[stage]
  return html`<figure>
    <figcaption>${name}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words.distributions.alt(name)}">
      <path class="area forget" d="${outline(forget, x, y)}" />
      <path class="area held-out" d="${outline(heldOut, x, y)}" />
      <line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${PLOT}" y2="${PLOT}" />
      ${ticks(low, high).map(
        (value) => html`<text x="${plain(x(value))}" y="${PLOT + 14}" text-anchor="middle">${figure(value, 2)}</text>`,
      )}
      ${meanBar(model.alignmentForget, 'forget', PLOT + 28, x)}
      ${meanBar(model.alignmentHeldOut, 'held-out', PLOT + 42, x)}
      <text x="${WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">${words.distributions.axis}</text>
    </svg>
  </figure>`
}

/** Steps along the top of the bars, closed along the axis. */
function outline({ counts, edges }: Histogram, x: (value: number) => number, y: (share: number) => number): string {
  const total = Math.max(1, sum(counts))
  const steps = counts.map((count, bin) => {
    const top = plain(y(count / total))
    return `L${plain(x(edges[bin] ?? 0))} ${top}L${plain(x(edges[bin + 1] ?? 0))} ${top}`
  })
  return `M${plain(x(edges[0] ?? 0))} ${plain(y(0))}${steps.join('')}L${plain(x(edges.at(-1) ?? 0))} ${plain(y(0))}Z`
}

/** A coordinate: no typographic minus. */
const plain = (value: number): string => value.toFixed(1)

function meanBar({ value, interval }: Estimate, series: string, y: number, x: (value: number) => number): Markup {
  const [low, high] = interval ?? [value, value]
  return html`<line class="mean ${series}" x1="${plain(x(low))}" x2="${plain(x(high))}" y1="${y}" y2="${y}" />
    <circle class="mean ${series}" cx="${plain(x(value))}" cy="${y}" r="3" />`
}
