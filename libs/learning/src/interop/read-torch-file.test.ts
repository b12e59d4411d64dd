import { describe, expect, it } from 'vitest'
import { readTorchFile } from './read-torch-file.js'
import { dictOf, floats, op, outcome, good, pickleOf, six, tensor, torchFileOf } from './torch-file.fixture.js'

const valuesOf = (bytes: Uint8Array, name = 'a') => [...(readTorchFile(bytes).tensors.get(name)?.read() ?? [])]
const single = (...layout: Parameters<typeof tensor>) =>
  torchFileOf(pickleOf(dictOf([['a', tensor(...layout)]])), { '0': six })

describe('readTorchFile', () => {
  it('reads tensors in any order of their axes and out of the middle of a storage', () => {
    expect(valuesOf(good)).toEqual([1, 2, 3, 4, 5, 6])
    expect(valuesOf(single('0', 6, 0, [3, 2], [1, 3]))).toEqual([1, 4, 2, 5, 3, 6])
    expect(valuesOf(single('0', 6, 2, [2], [3]))).toEqual([3, 6])
    expect(valuesOf(single('0', 6, 5, [], []))).toEqual([6])
    expect(valuesOf(single('0', 6, 0, [0, 4], [4, 1]))).toEqual([])
  })

  it.each([
    ['HalfStorage', [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b], [1, -2, 2 ** -24, 65504]],
    ['BFloat16Storage', [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40, 0x00, 0x80], [1, -2, 3.140625, -0]],
    [
      'DoubleStorage',
      [...new Uint8Array(Float64Array.from([0.1, -1e30, 0, 7]).buffer)],
      [Math.fround(0.1), Math.fround(-1e30), 0, 7],
    ],
  ])('decodes %s', (type, bytes, expected) => {
    const file = torchFileOf(pickleOf(dictOf([['a', tensor('0', 4, 0, [4], [1], type)]])), {
      '0': Uint8Array.from(bytes),
    })
    expect(valuesOf(file)).toEqual(expected)
  })

  it('names tensors by the keys that lead to them, and reads none before it is asked', () => {
    const nested = dictOf([
      ['state_dict', dictOf([['bn', dictOf([['count', tensor('0', 1, 0, [], [], 'LongStorage')]])]])],
    ])
    const file = readTorchFile(torchFileOf(pickleOf(nested), { '0': new Uint8Array(8) }))
    expect([...file.tensors.keys()]).toEqual(['state_dict.bn.count'])
    expect(() => file.tensors.get('state_dict.bn.count')?.read()).toThrow(/bn\.count is of type I64/)
  })

  it('runs nothing: a call of os.system stays a name, wherever it stands', () => {
    const call = [...op.global('os', 'system'), ...op.mark, ...op.text('false'), ...op.tuple, ...op.reduce]
    const object = [
      ...op.global('builtins', 'eval'),
      ...op.mark,
      ...op.tuple,
      ...op.newObject,
      ...op.text('x'),
      ...op.build,
    ]
    const file = torchFileOf(
      pickleOf(
        dictOf([
          ['a', tensor('0', 6, 0, [6], [1])],
          ['hook', call],
          ['thing', object],
        ]),
      ),
      { '0': six },
    )
    expect(readTorchFile(file).unread).toEqual(['builtins.eval', 'os.system'])
    expect(valuesOf(file)).toEqual([1, 2, 3, 4, 5, 6])
    const asTensor = torchFileOf(pickleOf(dictOf([['a', call]])))
    expect(readTorchFile(asTensor).tensors.size).toBe(0)
    expect(() => readTorchFile(torchFileOf(pickleOf(call)))).toThrow(/holds an object of os\.system/)
  })
})

describe('hostile pickles', () => {
  const file = (...instructions: (readonly number[])[]) => torchFileOf(pickleOf(...instructions), { '0': six })
  const member = (value: readonly number[]) => file(dictOf([['a', value]]))
  /** Twenty dictionaries, each holding the one before it a hundred times over: 10⁴⁰ paths. */
  const laughs = (): number[] => {
    const hundred = (key: number) => dictOf(Array.from({ length: 100 }, (_, index) => [`${index}`, op.get(key)]))
    return [
      ...op.mark,
      ...op.dict,
      ...op.put(0),
      ...Array.from({ length: 20 }, (_, depth) => [...hundred(depth), ...op.put(depth + 1)]).flat(),
      ...op.tuple,
    ]
  }
  it.each([
    ['cut short', torchFileOf(pickleOf(dictOf([['a', op.none]])).subarray(0, 9)), 'INTEROP_PICKLE'],
    ['of protocol 0', torchFileOf(new TextEncoder().encode('(dp0\n.')), 'INTEROP_PICKLE'],
    [
      'with an instruction that creates instances',
      file(op.mark, [0x69], [...new TextEncoder().encode('os\nsystem\n')]),
      'INTEROP_PICKLE',
    ],
    ['with a code of the copyreg registry', file([0x82, 1]), 'INTEROP_PICKLE'],
    ['with a text reference outside of itself', file([0x50, 0x61, 0x0a]), 'INTEROP_PICKLE'],
    ['that takes from an empty stack', file(op.setItem), 'INTEROP_PICKLE'],
    ['that closes what it never opened', file(op.tuple), 'INTEROP_PICKLE'],
    ['that recalls what it never stored', file(op.get(7)), 'INTEROP_PICKLE'],
    ['that calls a value', file(op.none, [0x29], op.reduce), 'INTEROP_PICKLE'],
    ['that appends to a number', file(op.int(1), op.none, op.append), 'INTEROP_PICKLE'],
    ['with a text longer than itself', file([0x58, 0xff, 0xff, 0xff, 0x7f]), 'INTEROP_PICKLE'],
    ['with a text of 2⁶⁰ bytes', file([0x8d, 0, 0, 0, 0, 0, 0, 0, 0x10]), 'INTEROP_PICKLE'],
    ['with a text that is not UTF-8', file([0x8c, 1, 0xff]), 'INTEROP_PICKLE'],
    [
      'with one key twice',
      file(op.dict, op.mark, op.text('a'), op.none, op.text('a'), op.none, op.setItems),
      'INTEROP_PICKLE',
    ],
    [
      'with one name by two paths',
      file(
        dictOf([
          ['a.b', tensor('0', 6, 0, [6], [1])],
          ['a', dictOf([['b', tensor('0', 6, 0, [6], [1])]])],
        ]),
      ),
      'INTEROP_NAMES',
    ],
    ['that holds no dictionary', file(op.int(3)), 'INTEROP_FORMAT'],
    ['whose dictionaries multiply', file(op.dict, op.text('a'), laughs(), op.setItem), 'INTEROP_LIMIT'],
    [
      'of millions of instructions',
      torchFileOf(new Uint8Array(2_000_010).fill(0x4e).map((byte, at) => [0x80, 2][at] ?? byte)),
      'INTEROP_LIMIT',
    ],
    ['with a tensor beyond its storage', member(tensor('0', 6, 1, [6], [1])), 'INTEROP_TENSOR'],
    ['with strides beyond its storage', member(tensor('0', 6, 0, [2, 2], [5, 2])), 'INTEROP_TENSOR'],
    [
      'with a tensor of petabytes on six floats',
      member(tensor('0', 6, 0, [2 ** 30, 2 ** 20], [0, 0])),
      'INTEROP_TENSOR',
    ],
    ['with a negative offset', member(tensor('0', 6, -1, [2], [1])), 'INTEROP_TENSOR'],
    ['with a negative stride', member(tensor('0', 6, 5, [6], [-1])), 'INTEROP_TENSOR'],
    ['with a negative size', member(tensor('0', 6, 0, [-1, -6], [1, 1])), 'INTEROP_TENSOR'],
    ['with fewer strides than sizes', member(tensor('0', 6, 0, [2, 3], [1])), 'INTEROP_TENSOR'],
    ['with a storage that is not there', member(tensor('1', 6, 0, [6], [1])), 'INTEROP_TENSOR'],
    ['with a storage of another size than it has', member(tensor('0', 7, 0, [6], [1])), 'INTEROP_TENSOR'],
    ['with a storage outside of its folder', member(tensor('../byteorder', 6, 0, [6], [1])), 'INTEROP_TENSOR'],
    [
      'with numbers that are not finite',
      torchFileOf(pickleOf(dictOf([['a', tensor('0', 1, 0, [1], [1])]])), { '0': floats(Infinity) }),
      'INTEROP_TENSOR',
    ],
  ])('refuses one %s', (_, bytes, code) => {
    expect(outcome(bytes)).toBe(code)
  })

  it('is not led astray by a dictionary that holds itself', () => {
    const itself = [
      ...op.dict,
      ...op.put(0),
      ...op.text('self'),
      ...op.get(0),
      ...op.setItem,
      ...op.text('a'),
      ...tensor('0', 6, 0, [6], [1]),
      ...op.setItem,
    ]
    const names = [...readTorchFile(file(itself)).tensors.keys()]
    expect(names).toContain('a')
    expect(names.length).toBe(8)
  })
})
