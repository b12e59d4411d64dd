import { describe, expect, it } from 'vitest'
import { readForeignWeights } from './read-foreign-weights.js'
import {
  dictOf,
  good,
  op,
  outcome,
  pickleOf,
  six,
  tensor,
  torchFileOf,
  zipOf,
  type PlannedEntry,
} from './torch-file.fixture.js'

describe('hostile archives', () => {
  const entry = (lies: PlannedEntry['lies'] = {}): PlannedEntry => ({
    name: 'archive/data.pkl',
    data: pickleOf(op.dict),
    lies,
  })
  const other: PlannedEntry = { name: 'archive/data/0', data: six }
  it.each([
    ['cut short', good.subarray(0, good.length - 30), 'INTEROP_ZIP'],
    ['with bytes behind its end', Uint8Array.from([...good, 0]), 'INTEROP_ZIP'],
    ['compressed', zipOf([entry({ method: 8 })]), 'INTEROP_ZIP'],
    ['that says it would grow', zipOf([entry({ size: 2 ** 31, stored: 10 })]), 'INTEROP_ZIP'],
    ['encrypted', zipOf([entry({ flags: 1 })]), 'INTEROP_ZIP'],
    ['with a file beyond its bytes', zipOf([entry({ size: 2 ** 31 })]), 'INTEROP_ZIP'],
    ['with a file that begins beyond its bytes', zipOf([entry({ offset: 2 ** 31 })]), 'INTEROP_ZIP'],
    ['with a zip64 file that has no zip64 size', zipOf([entry({ size: 2 ** 32 - 1 })]), 'INTEROP_ZIP'],
    ['with one file twice', zipOf([entry(), entry()]), 'INTEROP_ZIP'],
    [
      'with two files on the same bytes',
      zipOf([entry(), { ...other, lies: { offset: 0, localName: 'archive/data/0' } }]),
      'INTEROP_ZIP',
    ],
    ['with two names for one file', zipOf([entry({ localName: 'archive/data.pkx' })]), 'INTEROP_ZIP'],
    ['with a wrong checksum', zipOf([entry({ crc: 1 })]), 'INTEROP_ZIP'],
    ['with more files than it has', zipOf([entry()], { count: 2 }), 'INTEROP_ZIP'],
    ['with fewer files than it has', zipOf([entry(), other], { count: 1 }), 'INTEROP_ZIP'],
    ['with its directory elsewhere', zipOf([entry()], { begin: 3 }), 'INTEROP_ZIP'],
    ['with zip64 numbers and no zip64 record', zipOf([entry()], { count: 0xffff }), 'INTEROP_ZIP'],
    ['without a pickle', zipOf([other]), 'INTEROP_FORMAT'],
    ['with two pickles', zipOf([entry(), { name: 'b/data.pkl', data: pickleOf(op.dict) }]), 'INTEROP_FORMAT'],
    ['of TorchScript', zipOf([entry(), { name: 'archive/constants.pkl', data: pickleOf(op.dict) }]), 'INTEROP_FORMAT'],
    [
      'of the other byte order',
      zipOf([entry(), { name: 'archive/byteorder', data: new TextEncoder().encode('big') }]),
      'INTEROP_FORMAT',
    ],
  ])('refuses one %s', (_, bytes, code) => {
    expect(outcome(bytes)).toBe(code)
  })

  it('accepts the archives that these were made from', () => {
    expect([good, zipOf([entry()]), zipOf([entry(), other])].map(outcome)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it.each([
    ['a pickle of before 1.6', Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c]), /before PyTorch 1\.6/],
    [
      'a tar of before 0.2',
      Uint8Array.from([...new Uint8Array(257), ...new TextEncoder().encode('ustar')]),
      /before PyTorch 1\.6/,
    ],
    ['nothing', new Uint8Array(0), /neither a safetensors file/],
    ['damaged safetensors', Uint8Array.from([9, 0, 0, 0, 0, 0, 0, 0, 0x7b]), /cannot be read as safetensors/],
  ])('refuses %s and says what to do', (_, bytes, message) => {
    expect(() => readForeignWeights(bytes, 'x.pth')).toThrow(message)
  })
})

describe('damaged files', () => {
  it('are refused or read, whichever byte is another or missing: nothing else happens', () => {
    const outcomes = new Map<string, number>()
    const count = (bytes: Uint8Array) => outcomes.set(outcome(bytes), (outcomes.get(outcome(bytes)) ?? 0) + 1)
    for (let at = 0; at < good.length; at++)
      for (const flip of [0x01, 0x80, 0xff]) count(good.map((byte, index) => (index === at ? byte ^ flip : byte)))
    for (let length = 0; length < good.length; length++) expect(outcome(good.subarray(0, length))).not.toBe('accepted')
    expect([...outcomes.keys()].filter((code) => code !== 'accepted' && !code.startsWith('INTEROP_'))).toEqual([])
    expect(outcomes.get('INTEROP_ZIP')).toBeGreaterThan(good.length)
  })

  it('are refused or read where the checksum was made right again', () => {
    const pickle = pickleOf(dictOf([['a', tensor('0', 6, 0, [2, 3], [3, 1])]]))
    for (let at = 0; at < pickle.length; at++)
      for (const flip of [0x01, 0x10, 0x80, 0xff]) {
        const changed = pickle.map((byte, index) => (index === at ? byte ^ flip : byte))
        expect(outcome(torchFileOf(changed, { '0': six }))).toMatch(/^(accepted|INTEROP_)/)
      }
  })
})
