import { renderHeatMaps } from '@lethe/report'
import { type Check, describeCheck, type Language, type Verification, wordsOf } from '@lethe/verifier'
import { pageWords } from './words.js'

/** An element with attributes and children; texts are texts, whatever a bundle says. */
function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** The whole report: outcome, checks, heat maps of every audit that could be computed again, and what is not proven. */
export function renderVerification({ report, contents }: Verification, language: Language): Node[] {
  const words = wordsOf(language)
  const page = pageWords[language]
  const about = contents === null ? [] : [element('p', { class: 'made' }, aboutLine(contents))]
  return [
    element(
      'section',
      { class: `verdict ${report.outcome}`, 'data-outcome': report.outcome, 'data-exit-code': String(report.exitCode) },
      element(
        'div',
        {},
        element('p', { class: 'word' }, words.outcomes[report.outcome]),
        element('p', {}, words.summary[report.outcome]),
        ...about,
        element('p', { class: 'made' }, page.exitCode(report.exitCode)),
      ),
    ),
    element('h2', {}, page.details),
    element('ul', { class: 'checks' }, ...report.checks.map((check) => renderCheck(check, report.refusal, language))),
    ...(contents?.audits ?? []).flatMap((audit) => [
      element('h2', {}, page.audit(audit.number, audit.verdict)),
      heatMaps(audit.matrices, language),
    ]),
    ...notProven(report, language),
  ]
}

const aboutLine = ({ number, origin, createdAt }: NonNullable<Verification['contents']>): string =>
  `#${number} · ${origin} · ${createdAt}`

function renderCheck(check: Check, refusal: Verification['report']['refusal'], language: Language): HTMLElement {
  const { mark, title, outcome, sentences } = describeCheck(check, refusal, language)
  return element(
    'li',
    { class: `check ${check.outcome}`, 'data-check': check.id, 'data-outcome': check.outcome },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    element(
      'div',
      {},
      element('strong', {}, title),
      ' ',
      element('span', { class: 'outcome' }, outcome),
      ...sentences.map((sentence) => element('p', {}, sentence)),
    ),
  )
}

/** Markup made of numbers and of our own words. */
function heatMaps(matrices: Uint8Array, language: Language): HTMLElement {
  const section = element('section', { class: 'heat-maps' })
  section.innerHTML = renderHeatMaps(matrices, language)
  return section
}

function notProven({ limits, auditLimits }: Verification['report'], language: Language): Node[] {
  if (limits.length === 0) return []
  const words = wordsOf(language)
  const ofAudits = auditLimits.length === 0 ? [] : [element('li', {}, words.auditLimits(auditLimits.join(', ')))]
  return [
    element('h2', {}, words.notProven),
    element('ul', {}, ...limits.map((limit) => element('li', {}, words.limits[limit])), ...ofAudits),
  ]
}
