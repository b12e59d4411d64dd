import type { AuditReport, Verdict } from '@lethe/domain'
import { html, Markup } from '../html.js'
import type { Words } from '../words/words.js'

/** Four marks that differ in shape, so that none needs its colour. */
const marks: Readonly<Record<Verdict, string>> = {
  PASS: '<circle cx="12" cy="12" r="10"/><path d="M7 12.5l3.5 3.5 6.5-8"/>',
  RESIDUAL: '<path d="M12 2l10 18H2z"/><path d="M12 9v5M12 16.5v1"/>',
  OVER_FORGOTTEN: '<path d="M12 2l10 10-10 10L2 12z"/><path d="M8 12h8"/>',
  INCONCLUSIVE:
    '<circle cx="12" cy="12" r="10" stroke-dasharray="4 3"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.4c-.7.4-1 .8-1 1.6M12 16v1"/>',
}

/** Verdict in one sentence, then why. */
export function verdictSection({ verdict, reasons }: AuditReport, words: Words, language: string): Markup {
  const { word, sentence } = words.verdict[verdict]
  const mark = new Markup(`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">${marks[verdict]}</svg>`)
  return html`<section class="verdict ${verdict.toLowerCase().replace('_', '-')}">
    ${mark}
    <div>
      <p class="word">${word}</p>
      <p class="sentence">${sentence}</p>
      <ul>
        ${reasons.map(({ code, message }) => {
          const text = words.reasons[code]
          if (language === 'en') return html`<li>${message}</li>`
          return text === undefined ? html`<li lang="en">${message}</li>` : html`<li>${text}</li>`
        })}
      </ul>
    </div>
  </section>`
}
