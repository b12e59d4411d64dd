import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { testBackends } from '../testing/open-test-backends.js'
import { checkGolden } from './check-golden.js'

/** Values and gradients of float64 PyTorch on lightly's loss rows; see `about` in the file. */
const golden = (): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL('./fixtures/losses.json', import.meta.url), 'utf8')) as Record<string, unknown>

const entryNames = Object.keys(golden()).filter((name) => name !== 'about' && name !== 'inputs')

describe.each(await testBackends())('on $name', ({ open, reason }) => {
  if (open === null) {
    it(`nothing is checked: ${reason}`, () => expect(reason).not.toBe(''))
    return
  }

  it('every entry agrees with float64 PyTorch to 1e-5, values and gradients, and no tensor is left behind', async () => {
    await open()
    const tensors = tf.memory().numTensors
    const { entries, ok } = checkGolden(golden())
    expect(entries.filter((entry) => !entry.ok)).toEqual([])
    expect(entries.map(({ name }) => name)).toEqual(entryNames)
    expect(ok).toBe(true)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('an error of one part in a thousand, in any number of any entry, is seen in that entry and in no other', async () => {
    await open()
    for (const name of entryNames) {
      const file = golden()
      file[name] = corrupted(file[name])
      const failed = checkGolden(file).entries.filter((entry) => !entry.ok)
      expect(failed.map((entry) => entry.name)).toEqual([name])
    }
  })
})

/** The same with its last number changed. */
function corrupted(value: unknown): unknown {
  if (typeof value === 'number') return value * 1.001 + 1e-4
  const members = Object.entries(value as object)
  const last = members.findLastIndex(([, member]) => member !== null)
  const changed = members.map(([key, member], at) => [key, at === last ? corrupted(member) : (member as unknown)])
  return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed)
}

describe('checkGolden', () => {
  const check = (changes: Record<string, unknown>) => checkGolden({ ...golden(), ...changes })
  const inputs = golden()['inputs'] as Record<string, unknown>

  it('fails entries that it does not know, that have another size or a member that is not computed', () => {
    const odd = {
      ntXentt: 1,
      ntXentRows: [1, 2],
      mocoRows: 'many',
      clip: { loss: 1, dTemperature: 2 },
      negGradMoco: {},
    }
    const failed = check(odd).entries.filter(({ ok }) => !ok)
    expect(new Set(failed.map(({ name }) => name))).toEqual(new Set(Object.keys(odd)))
    expect(failed.every(({ worstRelativeError }) => worstRelativeError === Infinity)).toBe(true)
  })

  it('is not content with a file without entries', () => {
    expect(checkGolden({ inputs })).toEqual({ entries: [], ok: false })
  })

  it('takes inputs number by number as well as by formula', () => {
    const z0 = Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 4 }, (__, k) => Math.sin(1 + 0.7 * i + 1.3 * k + 0.1 * i * k)),
    )
    expect(check({ inputs: { ...inputs, z0 } }).ok).toBe(true)
    expect(check({ inputs: { ...inputs, z0: 'sin(1+0.7*i+1.3*k+0.2*i*k)' } }).ok).toBe(false)
  })

  it.each([
    ['no inputs', null, undefined],
    ['a formula with code in it', { z0: 'process.exit(1)' }, 'inputs'],
    ['a matrix of another shape', { z1: [[1, 2]] }, 'inputs.z1'],
    ['a mask of another length', { unlearnMask: [1] }, 'inputs.unlearnMask'],
    ['a temperature of 0', { simclrTemperature: 0 }, 'inputs.simclrTemperature'],
  ])('refuses %s', (_, changes, field) => {
    const json = changes === null ? [] : { ...golden(), inputs: { ...inputs, ...changes } }
    expect(() => checkGolden(json)).toThrow(
      expect.objectContaining({ code: 'GOLDEN_INVALID', ...(field && { field }) }),
    )
  })
})
