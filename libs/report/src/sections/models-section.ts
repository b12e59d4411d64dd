import type { AuditReport, ModelMeasures } from '@lethe/domain'
import { aucBar } from '../charts/interval-bar.js'
import { estimate, percent } from '../figures.js'
import { html, type Markup } from '../html.js'
import type { Words } from '../words/words.js'

/** What black-box queries say of each model, one row each. */
export function modelsSection({ models, policy }: AuditReport, words: Words): Markup {
  const { columns } = words.models
  const heads = [
    columns.model,
    columns.membership,
    columns.alignmentForget,
    columns.alignmentHeldOut,
    columns.movement,
    columns.accuracy,
  ]
  return html`<section>
    <h2>${words.models.title}</h2>
    <p class="note">${words.models.note}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.models.title}">
      <table class="models">
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${models.map((model) => row(model, policy.aucMargin, words))}
        </tbody>
      </table>
    </div>
  </section>`
}

function row(model: ModelMeasures, margin: number, words: Words): Markup {
  const role = words.models.roles[model.role]
  const isNamed = model.role === 'baseline' || model.role === 'retrain'
  return html`<tr>
    <th scope="row">${role}${isNamed ? html` <span class="id">${model.label}</span>` : null}</th>
    <td>
      ${aucBar(model.membershipAuc, margin)}${estimate(model.membershipAuc)}${model.featureMembershipAuc ? html`<span class="asks">${words.models.features} ${estimate(model.featureMembershipAuc)}</span>` : null}
    </td>
    <td>${estimate(model.alignmentForget)}</td>
    <td>${estimate(model.alignmentHeldOut)}</td>
    <td>${model.differenceInDifferences === null ? '–' : estimate(model.differenceInDifferences)}</td>
    <td>${model.knnAccuracy === null ? '–' : estimate(model.knnAccuracy, (value) => percent(value, 1))}</td>
  </tr>`
}
