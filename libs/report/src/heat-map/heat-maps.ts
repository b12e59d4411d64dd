import { figure, signed } from '../figures.js'
import { html, type Markup } from '../html.js'
import type { Words } from '../words/words.js'
import { summarise, type Matrix, type MatrixGroup } from './audit-matrices.js'
import { divergingScale, paletteIndex, paletteOf, sequentialScale, type Scale } from './color-scale.js'
import { indexedPng, pngDataUri } from './indexed-png.js'

const sets = ['forget', 'heldOut'] as const
const stages = ['before', 'after', 'gap'] as const

/** Six maps, forgotten above held-out; one scale for all similarities, one for all gaps, each with its legend. */
export function heatMaps(group: MatrixGroup, words: Words): Markup {
  const all = sets.map((set) => group[set])
  const similarity = sequentialScale(all.flatMap(({ before, after }) => [before.data, after.data]))
  const gap = divergingScale(all.map((matrices) => matrices.gap.data))
  const rows = sets.map(
    (set) =>
      html`<h3>${words.matrices.sets[set]}</h3>
        <div class="maps">
          ${stages.map((stage) => heatMap(group[set][stage], stage === 'gap' ? gap : similarity, set, stage, words))}
        </div>`,
  )
  return html`${rows}
    <div class="legends">${legend(similarity, words.matrices.similarity)}${legend(gap, words.matrices.gap)}</div>
    ${summaryTable(group, words)}`
}

function heatMap(
  matrix: Matrix,
  scale: Scale,
  set: (typeof sets)[number],
  stage: (typeof stages)[number],
  words: Words,
): Markup {
  const { size, data } = matrix
  const indices = Uint8Array.from(data, (value) => paletteIndex(scale, value))
  const { diagonal, rest } = summarise(matrix)
  const described = {
    set: words.matrices.sets[set],
    stage: words.matrices.stages[stage],
    size,
    diagonal: figure(diagonal),
    rest: figure(rest),
  }
  return html`<figure>
    <img
      src="${pngDataUri(indexedPng(indices, size, paletteOf(scale.kind)))}"
      width="${size}"
      height="${size}"
      alt="${words.matrices.alt(described)}"
    />
    <figcaption>${words.matrices.stages[stage]}</figcaption>
  </figure>`
}

/** The whole palette in a row, with numbers at its ends and in its middle. */
function legend({ kind, low, high }: Scale, label: string): Markup {
  const palette = paletteOf(kind)
  const strip = indexedPng(Uint8Array.from(palette.keys()), palette.length, palette)
  const number = (value: number) => (kind === 'diverging' ? signed(value, 1) : figure(value, 2).replace(/0$/, ''))
  return html`<div class="legend">
    <p>${label}</p>
    <img src="${pngDataUri(strip)}" width="${palette.length}" height="1" alt="" />
    <p class="ends"><span>${number(low)}</span><span>${number((low + high) / 2)}</span><span>${number(high)}</span></p>
  </div>`
}

function summaryTable(group: MatrixGroup, { matrices }: Words): Markup {
  const { summary } = matrices
  const rows = sets.flatMap((set) =>
    stages.map((stage) => {
      const { diagonal, rest, low, high } = summarise(group[set][stage])
      return html`<tr>
        <th scope="row">${matrices.of(matrices.sets[set], matrices.stages[stage])}</th>
        <td>${figure(diagonal)}</td>
        <td>${figure(rest)}</td>
        <td>${figure(low)} … ${figure(high)}</td>
      </tr>`
    }),
  )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${summary.title}">
    <table class="figures">
      <caption>
        ${summary.title}
      </caption>
      <thead>
        <tr>
          <th scope="col">${summary.matrix}</th>
          <th scope="col">${summary.diagonal}</th>
          <th scope="col">${summary.rest}</th>
          <th scope="col">${summary.range}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}
