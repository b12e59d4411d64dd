import type { AuditReport } from '@lethe/domain'
import { html, type Markup } from '../html.js'
import type { AuditedPictures, CheckStep, Provenance } from '../page-input.js'
import type { RecordTerm, Words } from '../words/words.js'

export function limitsSection({ limits }: AuditReport, words: Words): Markup {
  return html`<section>
    <h2>${words.limits.title}</h2>
    <p class="note">${words.limits.note}</p>
    <ul>
      ${limits.map((code) => html`<li>${words.limits.of[code] ?? code}</li>`)}
    </ul>
  </section>`
}

export function checkSection(checks: readonly CheckStep[], words: Words): Markup | null {
  if (checks.length === 0) return null
  return html`<section class="check">
    <h2>${words.check.title}</h2>
    <p class="note">${words.check.note}</p>
    ${checks.map(
      ({ kind, command }) =>
        html`<p>${words.check.steps[kind]}</p>
          <pre>${command}</pre>`,
    )}
  </section>`
}

/** Seeds, digests and origins: everything that is needed to name exactly what was done. */
export function recordSection(report: AuditReport, provenance: Provenance | undefined, words: Words): Markup {
  const { policy, policyDigest, matrices, data } = report
  const origin = provenance === undefined ? [] : originOf(provenance, words)
  const entries: readonly (readonly [RecordTerm, string])[] = [
    ...origin,
    ['seed', String(report.views?.seed ?? policy.seed)],
    ['views', String(policy.views)],
    ['resamples', policy.resamples.toLocaleString('en')],
    ['policy', policyDigest],
    ['matrices', matrices.digest],
    ...(data === undefined ? [] : [['data', data.digest] as const]),
    ...(provenance === undefined ? [] : closing(provenance)),
  ]
  return html`<section>
    <h2>${words.record.title}</h2>
    <p class="note">${words.record.note}</p>
    <dl>
      ${entries.map(
        ([term, value]) =>
          html`<div>
            <dt>${words.record.terms[term]}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`
}

function originOf({ endpoints, pictures, imageSize }: Provenance, words: Words): (readonly [RecordTerm, string])[] {
  const set = ({ commitment, leftOut }: AuditedPictures) =>
    [commitment, words.record.leftOut(leftOut)].filter((text) => text !== '').join(' · ')
  return [
    ['endpointBefore', endpoints.before.url],
    ['endpointAfter', endpoints.after.url],
    ['weightsBefore', endpoints.before.weightsDigest ?? words.record.unknown],
    ['weightsAfter', endpoints.after.weightsDigest ?? words.record.unknown],
    ['forget', set(pictures.forget)],
    ['heldOut', set(pictures.heldOut)],
    ...(pictures.retain === null ? [] : [['retain', set(pictures.retain)] as const]),
    ['imageSize', `${imageSize} × ${imageSize}`],
  ]
}

const closing = ({ answers, resultDigest, signedBy, madeBy }: Provenance): (readonly [RecordTerm, string])[] => [
  ['answers', `${answers.digest} (${answers.count.toLocaleString('en')})`],
  ['result', resultDigest],
  ['key', signedBy],
  ['madeBy', madeBy],
]
