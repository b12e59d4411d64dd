import { AuditReport, OwnerAuditResult, sha256 } from '@lethe/domain'
import { f32, serializeSafetensors } from '@lethe/safetensors'
import { describe, expect, it } from 'vitest'
import { ownerAuditResultText } from '../../../test/kit/owner-audit.js'
import { languages } from './page-input.js'
import { REPORT_GENERATOR, renderAuditReport } from './render-audit-report.js'

const { report } = OwnerAuditResult.parse(JSON.parse(ownerAuditResultText({ before: null, after: null })))

const matrix = f32([2, 2], Float32Array.of(0.9, 0.1, -0.2, 0.8))
const named = (names: readonly string[]) => serializeSafetensors(new Map(names.map((name) => [name, matrix])))
const pictures = ['forget', 'held-out'].flatMap((set) => ['before', 'after', 'gap'].map((stage) => `${set}.${stage}`))
const texts = pictures.map((name) => name.replace('.', '.texts.'))
const matrices = named(pictures)

const render = (changes: Partial<AuditReport> = {}, language: 'en' | 'ja' = 'en') =>
  renderAuditReport({ report: { ...report, ...changes }, matrices, language })

describe('the report', () => {
  it('is the same, byte for byte, whenever it is rendered', () => {
    expect(render()).toBe(render())
  })
  it('has another name for its form as soon as one byte of it changes, so that verifiers know what they can compare', () => {
    const pages = languages.map((language) => render({}, language)).join('')
    expect([REPORT_GENERATOR, sha256(pages)]).toEqual([
      'lethe-report/1',
      'e7a2ed3222d26f370ec48ed54442c12a30a34a563d2a0a92ab7551c6547407b1',
    ])
  })
  it('fetches nothing and runs nothing, whatever is in it', () => {
    for (const language of languages) {
      const page = render({}, language)
      expect(page).toContain('default-src &#39;none&#39;; img-src data:')
      expect(page).not.toMatch(/<script|<link|<iframe|\son\w+=|src="(?!data:image\/png;base64,)|href=/)
    }
  })
  it('lets nothing in a result become markup', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&'
    const page = render({
      reasons: [{ code: evil, message: evil }],
      limits: [evil],
      tests: report.tests.map((test) => ({ ...test, detail: evil })),
    })
    expect(page).not.toContain('<img src=x')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;')
  })
  it.each(['PASS', 'RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE'] as const)(
    'has a word and a mark of its own for %s',
    (verdict) => {
      const others = (['PASS', 'RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE'] as const).filter(
        (other) => other !== verdict,
      )
      const markOf = (page: string) => /<svg class="mark".*?<\/svg>/s.exec(page)?.[0]
      for (const language of languages)
        for (const other of others)
          expect(markOf(render({ verdict }, language))).not.toBe(markOf(render({ verdict: other }, language)))
    },
  )
  it('shows a code that it has no words for, rather than nothing', () => {
    expect(render({ limits: ['from-the-future'] }, 'ja')).toContain('from-the-future')
    expect(render({ reasons: [{ code: 'FUTURE', message: 'Told in English.' }] }, 'ja')).toContain(
      '<li lang="en">Told in English.</li>',
    )
  })
  it('shows matrices of pictures and texts beside, where there are any', () => {
    const maps = (bytes: Uint8Array) =>
      renderAuditReport({ report, matrices: bytes, language: 'en' }).match(/<figure>\s*<img/g)
    expect(maps(matrices)).toHaveLength(6)
    expect(maps(named([...pictures, ...texts]))).toHaveLength(12)
  })
  it.each([
    ['a matrix is missing', named(pictures.slice(1))],
    [
      'one is not square',
      serializeSafetensors(new Map(pictures.map((name) => [name, f32([1, 4], matrix.data as Float32Array)]))),
    ],
  ])('is refused when %s', (_, bytes) => {
    const refusal = expect.objectContaining({ code: 'MATRICES_INVALID' }) as Error
    expect(() => renderAuditReport({ report, matrices: bytes, language: 'en' })).toThrow(refusal)
  })
})
