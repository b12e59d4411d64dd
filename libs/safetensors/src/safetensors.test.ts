import { isDomainError } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { f32, f64, parseSafetensors, readSafetensorsLayout, serializeSafetensors, type StoredTensor } from './index.js'

const sample = new Map<string, StoredTensor>([
  ['b.weight', f32([2, 3], new Float32Array([1, -2, 3.5, 0, Number.MIN_VALUE, 1e30]))],
  ['a.mask', { dtype: 'U8', shape: [3], data: new Uint8Array([0, 255, 7]) }],
  ['a.labels', { dtype: 'I32', shape: [2], data: new Int32Array([-1, 2 ** 31 - 1]) }],
  ['empty', f32([0, 4], new Float32Array(0))],
  ['scalar', f32([], new Float32Array([0.1]))],
  ['exact', f64([2], new Float64Array([0.1, -Number.MAX_VALUE]))],
])
const metadata = { format: 'test', note: 'ü "quoted"' }

/** A file with this header text and so many bytes of body. */
function fileOf(header: string, bodyBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header)
  const file = new Uint8Array(8 + text.length + bodyBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  return file
}

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] })

function codeOf(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes)
  } catch (error) {
    if (isDomainError(error)) return error.code
    throw error
  }
  return 'accepted'
}

describe('safetensors', () => {
  it('gives back what was written, whatever the alignment of the bytes', () => {
    const file = serializeSafetensors(sample, metadata)
    const shifted = Buffer.concat([Buffer.from([0]), file]).subarray(1)
    for (const bytes of [file, shifted]) {
      const parsed = parseSafetensors(bytes)
      expect(parsed.metadata).toEqual(metadata)
      expect(new Map([...parsed.tensors].sort())).toEqual(new Map([...sample].sort()))
    }
  })

  it('gives tensors that own their memory', () => {
    const file = Buffer.from(serializeSafetensors(sample, metadata))
    const parsed = parseSafetensors(file)
    file.fill(0)
    expect(parsed.tensors.get('a.mask')?.data).toEqual(new Uint8Array([0, 255, 7]))
  })

  it('writes equal bytes for equal contents in any order', () => {
    const reversed = new Map([...sample].reverse())
    const shuffled = { note: metadata.note, format: metadata.format }
    expect(serializeSafetensors(reversed, shuffled)).toEqual(serializeSafetensors(sample, metadata))
  })

  it('reads a file of the reference implementation', () => {
    // safetensors 0.8.0 (Python): save({"t": np.array([[1, 2]], np.float32)}, metadata={"k": "v"})
    const reference = Buffer.from(
      '58000000000000007b225f5f6d657461646174615f5f223a7b226b223a2276227d2c2274223a7b226474797065223a22463332222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b302c385d7d7d202020202020200000803f00000040',
      'hex',
    )
    const header = reference.subarray(8, 8 + Number(reference.readBigUInt64LE(0)))
    expect(header.toString().startsWith('{"__metadata__":{"k":"v"},"t":')).toBe(true)
    expect(parseSafetensors(reference).tensors.get('t')).toEqual(f32([1, 2], new Float32Array([1, 2])))
    expect(serializeSafetensors(new Map([['t', f32([1, 2], new Float32Array([1, 2]))]]), { k: 'v' })).toEqual(
      new Uint8Array(reference),
    )
  })

  it('keeps names that are keys of every object', () => {
    const odd = new Map([
      ['__proto__', f32([1], new Float32Array([1]))],
      ['7', f32([1], new Float32Array([2]))],
      ['constructor', f32([1], new Float32Array([3]))],
    ])
    expect(parseSafetensors(serializeSafetensors(odd)).tensors).toEqual(new Map([...odd].sort()))
  })

  const good = serializeSafetensors(sample, metadata)
  const corruptions: [string, Uint8Array, string][] = [
    ['no bytes', new Uint8Array(0), 'SAFETENSORS_TRUNCATED'],
    ['a length field cut short', good.subarray(0, 7), 'SAFETENSORS_TRUNCATED'],
    ['a header cut short', good.subarray(0, 40), 'SAFETENSORS_TRUNCATED'],
    ['a body cut short', good.subarray(0, good.length - 1), 'SAFETENSORS_TRUNCATED'],
    ['bytes appended', Buffer.concat([good, Buffer.from([1])]), 'SAFETENSORS_LAYOUT'],
    [
      'a header of 2⁶³ bytes',
      Buffer.concat([Buffer.from('ffffffffffffff7f', 'hex'), good.subarray(8)]),
      'SAFETENSORS_HEADER',
    ],
    ['a header that is not JSON', fileOf('{"a":', 0), 'SAFETENSORS_HEADER'],
    ['a header that is a list', fileOf('[]', 0), 'SAFETENSORS_HEADER'],
    ['a header with leading space', fileOf(' {}', 0), 'SAFETENSORS_HEADER'],
    ['a header that is not UTF-8', Buffer.from('0300000000000000' + '7bff7d', 'hex'), 'SAFETENSORS_HEADER'],
    ['the same name twice', fileOf(`{"a":${tensor(0, 4)},"a":${tensor(0, 4)}}`, 4), 'SAFETENSORS_HEADER'],
    [
      'the same name twice by escape',
      fileOf(`{"a":${tensor(0, 4)},"\\u0061":${tensor(0, 4)}}`, 4),
      'SAFETENSORS_HEADER',
    ],
    ['metadata that is no string', fileOf('{"__metadata__":{"a":1}}', 0), 'SAFETENSORS_HEADER'],
    ['a type that is not read', fileOf(`{"a":${tensor(0, 4, [2], 'F16')}}`, 4), 'SAFETENSORS_DTYPE'],
    [
      'a type named like a property of objects',
      fileOf(`{"a":${tensor(0, 4, [1], 'toString')}}`, 4),
      'SAFETENSORS_DTYPE',
    ],
    ['two tensors on the same bytes', fileOf(`{"a":${tensor(0, 8)},"b":${tensor(4, 12)}}`, 12), 'SAFETENSORS_LAYOUT'],
    ['a hole between tensors', fileOf(`{"a":${tensor(0, 4)},"b":${tensor(8, 12)}}`, 12), 'SAFETENSORS_LAYOUT'],
    ['a shape that its bytes do not hold', fileOf(`{"a":${tensor(0, 4, [2])}}`, 4), 'SAFETENSORS_LAYOUT'],
    ['a shape beyond all memory', fileOf(`{"a":${tensor(0, 4, [2 ** 40, 2 ** 40])}}`, 4), 'SAFETENSORS_LAYOUT'],
    ['a negative shape', fileOf(`{"a":${tensor(0, 4, [-1, -1])}}`, 4), 'SAFETENSORS_HEADER'],
    ['offsets that run backwards', fileOf(`{"a":${tensor(4, 0, [1])}}`, 4), 'SAFETENSORS_LAYOUT'],
    ['offsets beyond the file', fileOf(`{"a":${tensor(0, 400)}}`, 4), 'SAFETENSORS_TRUNCATED'],
    ['a tensor that is no object', fileOf('{"a":3}', 0), 'SAFETENSORS_HEADER'],
    ['a tensor of no shape', fileOf('{"a":{"dtype":"F32"}}', 0), 'SAFETENSORS_HEADER'],
  ]
  it.each(corruptions)('refuses %s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  it('accepts the file that the corruptions were made from', () => {
    expect(codeOf(good)).toBe('accepted')
  })

  it('finds tensors of types that it does not decode, under the same rules', () => {
    const file = fileOf(`{"half":${tensor(0, 4, [2], 'BF16')},"count":${tensor(4, 12, [], 'I64')}}`, 12)
    file.set([1, 2, 3, 4], file.length - 12)
    const { tensors } = readSafetensorsLayout(file)
    expect(tensors.get('half')).toEqual({ dtype: 'BF16', shape: [2], bytes: new Uint8Array([1, 2, 3, 4]) })
    expect(tensors.get('count')?.bytes.length).toBe(8)
    expect(codeOf(file)).toBe('SAFETENSORS_DTYPE')
    const overlapping = fileOf(`{"half":${tensor(0, 4, [2], 'BF16')},"count":${tensor(2, 10, [], 'I64')}}`, 10)
    expect(() => readSafetensorsLayout(overlapping)).toThrow('Two tensors share bytes')
    expect(() => readSafetensorsLayout(fileOf(`{"a":${tensor(0, 4, [8], 'F4')}}`, 4))).toThrow('Only the types')
  })

  it('refuses to write data that does not fill its shape', () => {
    expect(() => serializeSafetensors(new Map([['x', f32([3], new Float32Array(2))]]))).toThrow(/does not hold 2/)
  })
})
