import { histograms } from './charts/histograms.js'
import { readAuditMatrices } from './heat-map/audit-matrices.js'
import { heatMaps } from './heat-map/heat-maps.js'
import { html, Markup } from './html.js'
import type { ReportPage } from './page-input.js'
import { askedSection } from './sections/asked-section.js'
import { checkSection, limitsSection, recordSection } from './sections/closing-sections.js'
import { modelsSection } from './sections/models-section.js'
import { testsSection } from './sections/tests-section.js'
import { verdictSection } from './sections/verdict-section.js'
import { style } from './style.js'
import { wordsOf } from './words/words-of.js'

/** Nothing is fetched and no script runs, whatever the figures say. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** Names the form of the page, so that who renders it again knows whether it has to be the same. A test pins it. */
export const REPORT_GENERATOR = 'lethe-report/1'

/**
 * The report as one page of HTML that holds everything it shows. Equal input gives equal bytes, so that a verifier may render
 * it again and compare.
 * @throws DomainError MATRICES_INVALID or SAFETENSORS_*.
 */
export function renderAuditReport({ report, matrices, language, provenance, checks = [] }: ReportPage): string {
  const words = wordsOf(language)
  const { pictures, texts } = readAuditMatrices(matrices)
  const shown = pictures.forget.before.size
  const of = Math.min(report.sizes.forget, report.sizes.heldOut)
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="generator" content="${REPORT_GENERATOR}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${words.title}: ${words.verdict[report.verdict].word}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${words.title}</h1>
            ${provenance ? html`<p class="made">${words.madeAt} ${instant(provenance.madeAt)}</p>` : null}
          </header>
          ${verdictSection(report, words, language)} ${askedSection(report, words)}
          <section class="matrices">
            <h2>${words.matrices.title}</h2>
            <p class="note">
              ${words.matrices.note}${shown < of ? html` ${words.matrices.shown({ shown, of })}` : null}
            </p>
            ${heatMaps(pictures, words)}
          </section>
          ${
            texts === null
              ? null
              : html`<section class="matrices">
                  <h2>${words.matrices.texts}</h2>
                  <p class="note">${words.matrices.textsNote}</p>
                  ${heatMaps(texts, words)}
                </section>`
          }
          <section>
            <h2>${words.distributions.title}</h2>
            <p class="note">${words.distributions.note}</p>
            ${histograms(report.histograms, report.models, words)}
          </section>
          ${testsSection(report, words, language)} ${modelsSection(report, words)} ${limitsSection(report, words)}
          ${checkSection(checks, words)} ${recordSection(report, provenance, words)}
        </main>
      </body>
    </html> `
  return page.text
}

/** 2026-02-03T04:05:06.789Z → 2026-02-03 04:05 UTC */
const instant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
