import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Figure, SeedFigures, Summary } from './summarise.js'

interface Dot {
  readonly framework: string
  readonly method: string
  readonly value: number
}

/** Both packages name the browser's types, which nothing here knows. */
interface Page {
  readonly document: never
}
interface Drawing {
  setAttribute(name: string, value: string): void
  readonly outerHTML: string
}

const titles: Record<Summary['framework'], string> = { simclr: 'SimCLR', moco: 'MoCo', clip: 'CLIP' }

/** SVG by file name: a dot per seed, a stroke at the mean. */
export const drawPlots = (summaries: readonly Summary[]): Map<string, string> =>
  new Map([
    [
      'membership.svg',
      drawStrips(
        dotsOf(summaries, ({ auc }) => auc),
        {
          label: 'AUC, forgotten against never-seen pictures (0.5 remembers nothing) →',
          band: [0.45, 0.55],
        },
      ),
    ],
    [
      'average-gap.svg',
      drawStrips(
        dotsOf(summaries, ({ averageGap }) => averageGap),
        { label: 'average gap to retraining over RA, TA, UA, EMIA and CMIA, points →', band: null },
      ),
    ],
  ])

const dotsOf = (summaries: readonly Summary[], of: (figures: SeedFigures) => Figure): Dot[] =>
  summaries.flatMap(({ framework, name, seeds }) =>
    seeds.flatMap((figures) => {
      const value = of(figures)
      return value === null ? [] : [{ framework: titles[framework], method: name, value }]
    }),
  )

function drawStrips(dots: readonly Dot[], { label, band }: { label: string; band: [number, number] | null }): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as Page
  const unique = (values: string[]) => [...new Set(values)]
  const plot = Plot.plot({
    document,
    width: 960,
    height: 320,
    marginLeft: 160,
    marginBottom: 48,
    marginRight: 12,
    style: { background: 'white', color: '#1a1a1a', fontFamily: 'sans-serif', fontSize: '12px' },
    x: { label, labelAnchor: 'center', labelOffset: 42, grid: true, nice: true, ticks: 5, zero: band === null },
    y: { label: null, domain: unique(dots.map(({ method }) => method)) },
    fx: { label: null, padding: 0.08, domain: unique(dots.map(({ framework }) => framework)) },
    marks: [
      ...(band === null
        ? []
        : [Plot.rectX([{}], { x1: band[0], x2: band[1], fill: '#0a7d55', fillOpacity: 0.12 }), Plot.ruleX([0.5])]),
      Plot.dot(dots, { x: 'value', y: 'method', fx: 'framework', r: 3, stroke: '#1f5fa8', strokeOpacity: 0.8 }),
      Plot.tickX(
        dots,
        Plot.groupY({ x: 'mean' }, { x: 'value', y: 'method', fx: 'framework', stroke: '#b3261e', strokeWidth: 2 }),
      ),
    ],
  }) as unknown as Drawing
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${plot.outerHTML}\n`
}
