import { expect, it } from 'vitest'
import { readSafetensors, SafetensorsError } from './read-safetensors'

function file(header: unknown, values: number[], headerBytes?: number): ArrayBuffer {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const buffer = new ArrayBuffer(8 + text.length + values.length * 4)
  const view = new DataView(buffer)
  view.setBigUint64(0, BigInt(headerBytes ?? text.length), true)
  new Uint8Array(buffer).set(text, 8)
  values.forEach((value, index) => view.setFloat32(8 + text.length + index * 4, value, true))
  return buffer
}

const gap = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] }

it('reads float32 tensors at any alignment and passes metadata and other types by', () => {
  const header = {
    __metadata__: { seed: '7' },
    'forget.gap': gap,
    'held-out.gap': { dtype: 'F32', shape: [1], data_offsets: [16, 20] },
    n: { dtype: 'I64', shape: [0], data_offsets: [20, 20] },
  }
  const tensors = readSafetensors(file(header, [0.5, -0.25, 0, 1, -1]))
  expect([...tensors.keys()]).toEqual(['forget.gap', 'held-out.gap'])
  expect(tensors.get('forget.gap')).toEqual({ shape: [2, 2], data: new Float32Array([0.5, -0.25, 0, 1]) })
  expect([...(tensors.get('held-out.gap')?.data ?? [])]).toEqual([-1])
})

it.each([
  ['an empty file', new ArrayBuffer(0)],
  ['a header longer than the file', file({ a: gap }, [1, 2, 3, 4], 100_000)],
  ['a header of 2^60 bytes', file({ a: gap }, [1, 2, 3, 4], 2 ** 60)],
  ['a header that is no JSON', file('{{{', [])],
  ['a header that is a list', file('[]', [])],
  ['offsets past the end', file({ a: { ...gap, data_offsets: [16, 32] } }, [1, 2, 3, 4])],
  ['offsets backwards', file({ a: { ...gap, data_offsets: [16, 0] } }, [1, 2, 3, 4])],
  ['a shape that wants more bytes', file({ a: { ...gap, shape: [3, 3] } }, [1, 2, 3, 4])],
  ['a negative size', file({ a: { ...gap, shape: [-2, -2] } }, [1, 2, 3, 4])],
  ['a value that is not finite', file({ a: gap }, [1, 2, NaN, 4])],
])('refuses %s', (_what, buffer) => {
  expect(() => readSafetensors(buffer)).toThrow(SafetensorsError)
})
