import { UNREACHABLE_FORGET_SIZE, type AuditReport } from '@lethe/domain'
import { figure, percent } from '../figures.js'
import { html, type Markup } from '../html.js'
import type { Words } from '../words/words.js'

/** What was asked, by which rule it is judged, and whether the pictures sufficed. */
export function askedSection({ sizes, policy, requiredForgetSize }: AuditReport, { asked }: Words): Markup {
  const rule = {
    low: figure(0.5 - policy.aucMargin, 2),
    high: figure(0.5 + policy.aucMargin, 2),
    alpha: percent(policy.alpha),
    power: percent(policy.minimumPower),
  }
  const counts = { forget: sizes.forget, required: requiredForgetSize }
  const sufficed =
    requiredForgetSize >= UNREACHABLE_FORGET_SIZE
      ? asked.unreachable
      : sizes.forget >= requiredForgetSize
        ? asked.enough(counts)
        : asked.tooFew(counts)
  return html`<section>
    <h2>${asked.title}</h2>
    <p>${asked.question(sizes)}</p>
    <p>${asked.rule(rule)}</p>
    <p>${sufficed}</p>
  </section>`
}
