import type { AuditReport, AuditTest } from '@lethe/domain'
import { estimate, figure, percent, probability } from '../figures.js'
import { html, type Markup } from '../html.js'
import type { Words } from '../words/words.js'

const symbols: Readonly<Record<AuditTest['outcome'], string>> = {
  met: '●',
  'not-met': '▲',
  inconclusive: '◌',
  informative: '–',
}

/** Every test with effect, interval, p, power, whether the method optimised it, and its outcome. */
export function testsSection({ tests, policy }: AuditReport, words: Words, language: string): Markup {
  const { columns } = words.tests
  return html`<section>
    <h2>${words.tests.title}</h2>
    <p class="note">${words.tests.note(percent(1 - 2 * policy.alpha))}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.tests.title}">
      <table class="tests">
        <thead>
          <tr>
            ${[columns.test, columns.effect, columns.p, columns.power, columns.optimised, columns.outcome].map(
              (column) => html`<th scope="col">${column}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${tests.map((test) => rows(test, words, language))}
        </tbody>
      </table>
    </div>
  </section>`
}

function rows(test: AuditTest, words: Words, language: string): Markup {
  const [name, asks] = words.tests.names[test.id]
  const { optimised, outcomes } = words.tests
  const own = html`<tr>
    <th scope="row">
      <span class="name">${name}</span> <span class="id">${test.id.split('-')[0]?.match(/^A\d+$/)?.[0] ?? ''}</span>
      <span class="asks">${asks}</span>
      ${language === 'en' ? html`<span class="detail">${test.detail}</span>` : null}
    </th>
    <td>${estimate(test.effect, effectOf(test))}</td>
    <td>${probability(test.p)}</td>
    <td>${test.power === null ? '–' : percent(test.power)}</td>
    <td>${test.optimisedFor ? html`<strong>${optimised.yes}</strong>` : optimised.no}</td>
    <td class="outcome ${test.outcome}">
      <span aria-hidden="true">${symbols[test.outcome]}</span> ${outcomes[test.outcome]}
    </td>
  </tr>`
  return html`${own}${(test.parts ?? []).map(
    (part) =>
      html`<tr class="part">
        <th scope="row">${words.tests.parts[part.label] ?? part.label}</th>
        <td>${estimate(part.effect)}</td>
        <td>${probability(part.p)}</td>
        <td></td>
        <td></td>
        <td></td>
      </tr>`,
  )}`
}

/** Differences of answers are tiny; everything else has three digits. */
const effectOf = ({ id }: AuditTest) =>
  id === 'A0-endpoint-integrity'
    ? (value: number) => (value === 0 ? '0' : value.toExponential(1).replace('-', '\u2212'))
    : (value: number) => figure(value)
