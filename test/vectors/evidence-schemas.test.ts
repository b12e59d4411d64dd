import { EvidenceKind, evidenceJsonSchemas } from '@lethe/domain'
import { expect, it } from 'vitest'
import { bodiesOf } from '../kit/bundle/small-bundle.js'
import { smallCase } from '../kit/bundle/small-case.js'
import { createSchemaCheck, readSchemas } from '../kit/evidence-schemas.js'

const faultsOf = createSchemaCheck()

it('the published schemas are those of the code, one for each kind (otherwise: npm run schemas)', () => {
  expect(Object.fromEntries(readSchemas())).toEqual(evidenceJsonSchemas())
  expect(readSchemas().size).toBe(EvidenceKind.options.length)
})

const bodies = bodiesOf(smallCase([]))

it('an independent validator finds every statement of a case in order', () => {
  expect(bodies.length).toBeGreaterThan(5)
  for (const body of bodies) expect(faultsOf(body)).toEqual([])
})

type Json = Record<string, unknown>
const changed = (body: string, change: (predicate: Json & { recorded: Json }) => void): string => {
  const statement = JSON.parse(body) as { predicate: Json & { recorded: Json } }
  change(statement.predicate)
  return JSON.stringify(statement)
}

it.each(bodies.map((body) => [(JSON.parse(body) as { predicateType: string }).predicateType, body] as const))(
  'negative controls, %s: a member more, one less, another type, and no number in the request are found',
  (_, body) => {
    const recorded = (JSON.parse(body) as { predicate: { recorded: Json } }).predicate.recorded
    const [first = ''] = Object.keys((JSON.parse(body) as { predicate: Json }).predicate)
    const faulty = [
      changed(body, (predicate) => (predicate['extra'] = 1)),
      changed(body, (predicate) => delete predicate[first]),
      changed(body, (predicate) => (predicate[first] = { not: 'this' })),
      changed(body, (predicate) => (predicate.recorded['tenantId'] = 'somebody')),
      ...(recorded['requestEntry'] === undefined
        ? []
        : [changed(body, ({ recorded: of }) => delete of['requestEntry'])]),
    ]
    for (const each of faulty) expect(faultsOf(each)).not.toEqual([])
  },
)
