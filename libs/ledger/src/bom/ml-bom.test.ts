import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { beforeAll, describe, expect, it } from 'vitest'
import { bodiesOf } from '../../../../test/kit/bundle/small-bundle.js'
import { ids, opening } from '../../../../test/kit/bundle/small-case-things.js'
import { smallAudit } from '../../../../test/kit/bundle/small-audit.js'
import { smallCase } from '../../../../test/kit/bundle/small-case.js'
import { parseStatement, type Statement } from '../statement/statement.js'
import { mlBom } from './ml-bom.js'

const labels = {
  models: new Map([[ids.model, 'emoji']]),
  datasets: new Map([[ids.datasetVersion, { name: 'Emoji', attribution: 'Twemoji, CC-BY 4.0' }]]),
}
const none = { models: new Map<string, string>(), datasets: new Map<string, never>() }

/** What CycloneDX's own validator finds wrong: strict JSON Schema of 1.7, formats included; null when nothing. */
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot7)
const complaintsAbout = (text: string) => validator.validate(text)

interface Component {
  'bom-ref': string
  type: string
  name: string
  hashes: { alg: string; content: string }[]
  components?: { name: string }[]
  pedigree?: { notes: string; ancestors: { hashes: { content: string }[] }[] }
  copyright?: string
}
interface Bom {
  serialNumber: string
  metadata: { component?: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}
const read = (text: string) => JSON.parse(text) as Bom

let statements: Statement[]
beforeAll(async () => {
  statements = bodiesOf(smallCase([await smallAudit('retrained')])).map(parseStatement)
})

describe('a bill of materials', () => {
  it('is valid CycloneDX 1.7 to the validator of its makers, with names and without, of one version and of all', async () => {
    for (const of of [labels, none])
      for (const about of [undefined, ids.unlearned, ids.original])
        expect(await complaintsAbout(mlBom(statements, of, about)), about).toBeNull()
  })

  it('would not be valid with a member that CycloneDX does not know, or a value that it refuses', async () => {
    const bom = mlBom(statements, labels)
    expect(await complaintsAbout(bom.replace('"modelArchitecture"', '"modelArchitektur"'))).not.toBeNull()
    expect(await complaintsAbout(bom.replace('"machine-learning-model"', '"model"'))).not.toBeNull()
    expect(await complaintsAbout(bom.replace('"self-supervised"', '"self-taught"'))).not.toBeNull()
  })

  it('says what an unlearned version descends from, by which weights, files and data, and whom to name', () => {
    const { metadata, components } = read(mlBom(statements, labels, ids.unlearned))
    expect(metadata.component).toMatchObject({ type: 'machine-learning-model', name: 'emoji', version: '2' })
    expect(metadata.component?.components?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['weights.safetensors', 'state.safetensors', 'model.sig']),
    )
    const parent = components.find((component) => component['bom-ref'] === `model-version/${ids.original}`)
    expect(metadata.component?.pedigree?.ancestors[0]?.hashes).toEqual(parent?.hashes)
    expect(metadata.component?.pedigree?.notes).toMatch(/by alignment-calibration, on an erasure request/)
    expect(components.find(({ type }) => type === 'data')).toMatchObject({
      name: 'Emoji',
      copyright: 'Twemoji, CC-BY 4.0',
    })
  })

  it('holds what the audit measured, with intervals, and what it does not settle', () => {
    const text = mlBom(statements, labels, ids.unlearned)
    const { metadata } = JSON.parse(text) as {
      metadata: {
        component: {
          modelCard: {
            quantitativeAnalysis: { performanceMetrics: { type: string; confidenceInterval?: object }[] }
            considerations: { technicalLimitations: string[] }
          }
        }
      }
    }
    const limits = statements.flatMap((of) => (of.kind === 'audit-completed/v1' ? of.predicate.limits : []))
    const { quantitativeAnalysis, considerations } = metadata.component.modelCard
    expect(quantitativeAnalysis.performanceMetrics[0]?.type).toMatch(/^AUC of membership/)
    expect(quantitativeAnalysis.performanceMetrics[0]?.confidenceInterval).toBeDefined()
    expect(considerations.technicalLimitations).toEqual([
      'Audit 1 ended PASS.',
      ...limits.map((code) => `Audit 1 does not settle: ${code}.`),
    ])
    expect(limits.length).toBeGreaterThan(0)
  })

  it('names no digest that no statement names, and every reference in it leads somewhere', () => {
    const text = mlBom(statements, labels)
    const stated = JSON.stringify(statements)
    const digests = [...text.matchAll(/"alg":"SHA-256","content":"([0-9a-f]{64})"/g)].map(([, digest]) => digest ?? '')
    expect(digests.length).toBeGreaterThan(5)
    for (const digest of digests) expect(stated).toContain(digest)
    const refs = [...text.matchAll(/"bom-ref":"([^"]+)"/g)].map(([, ref]) => ref)
    expect(new Set(refs).size).toBe(refs.length)
    for (const [, ref] of text.matchAll(/"ref":"([^"]+)"/g)) expect(refs).toContain(ref)
  })

  it('is the same text for the same statements, and another document for others', () => {
    expect(mlBom(statements, labels)).toBe(mlBom([...statements], labels))
    const withoutAudit = statements.filter(({ kind }) => kind !== 'audit-completed/v1')
    expect(read(mlBom(withoutAudit, labels)).serialNumber).not.toBe(read(mlBom(statements, labels)).serialNumber)
  })

  it('says nothing that an opening says', () => {
    const text = mlBom(statements, labels)
    const secrets = JSON.stringify(opening).match(/[0-9a-f]{64}/g) ?? []
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(text).not.toContain(secret)
  })

  it('of a version whose making nobody stated is refused', () => {
    expect(() => mlBom([], labels)).toThrow(expect.objectContaining({ code: 'STATEMENT_MALFORMED' }))
    expect(() => mlBom(statements, labels, ids.run(1))).toThrow(
      expect.objectContaining({ code: 'STATEMENT_MALFORMED' }),
    )
  })
})
