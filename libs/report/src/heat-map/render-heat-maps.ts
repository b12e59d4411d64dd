import type { Language } from '../page-input.js'
import { html } from '../html.js'
import { wordsOf } from '../words/words-of.js'
import { readAuditMatrices } from './audit-matrices.js'
import { heatMaps } from './heat-maps.js'

/**
 * The heat maps of an audit's matrices as markup in the report's own style: before, after and gap, each kind on one scale with its
 * legend; pictures and, where there are some, texts.
 * @param bytes safetensors, as an audit keeps them
 * @throws DomainError MATRICES_INVALID, or SAFETENSORS_*.
 */
export function renderHeatMaps(bytes: Uint8Array, language: Language): string {
  const words = wordsOf(language)
  const { pictures, texts } = readAuditMatrices(bytes)
  const ofTexts =
    texts === null
      ? null
      : html`<h3>${words.matrices.texts}</h3>
          ${heatMaps(texts, words)}`
  return html`${heatMaps(pictures, words)}${ofTexts}`.text
}
