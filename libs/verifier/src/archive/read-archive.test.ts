import { isDomainError } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { readArchive } from './read-archive.js'

const BLOCK = 512

interface Entry {
  readonly path?: string
  readonly type?: string
  readonly bytes?: Uint8Array
  /** Further texts at their places in the header. */
  readonly put?: Readonly<Record<number, string>>
}

/** A header by the standard's table, with a right sum whatever it says. */
function header({ path = 'a', type = '0', bytes = new Uint8Array(), put = {} }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(path, 0, 'latin1')
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1')
  block.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0        ', 136)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write('0000000\0' + '0000000\0', 329)
  for (const [at, text] of Object.entries(put)) block.write(text, Number(at), 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padding = (length: number): Buffer => Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK)
const tar = (...entries: Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap((entry) => [header(entry), entry.bytes ?? Buffer.of(), padding(entry.bytes?.length ?? 0)]),
    Buffer.alloc(2 * BLOCK),
  ])
const refusal = (code: string, field?: string) =>
  expect.objectContaining({ code, ...(field === undefined ? {} : { field }) }) as Error

it('gives the files of an archive in its order, every byte', () => {
  const files = readArchive(
    tar({ path: 'VERIFY.txt', bytes: Buffer.from('x') }, { path: 'b/c.json', bytes: Buffer.alloc(513, 7) }),
  )
  expect([...files]).toEqual([
    ['VERIFY.txt', expect.objectContaining({ length: 1 })],
    ['b/c.json', expect.objectContaining({ length: 513 })],
  ])
  expect(readArchive(tar()).size).toBe(0)
})

describe('what a hostile archive tries is refused with the file named', () => {
  it.each(['../up', '/etc/passwd', 'a/../b', './a', 'a//b', 'a/', '.hidden', '-rf', 'a\\b', 'c:', 'a b', 'ü', ''])(
    'the path %j',
    (path) => {
      expect(() => readArchive(tar({ path }))).toThrow(refusal('ARCHIVE_PATH'))
    },
  )
  it.each([
    ['1', 'a hard link'],
    ['2', 'a symbolic link'],
    ['3', 'a device'],
    ['4', 'a device'],
    ['5', 'a folder'],
    ['6', 'a pipe'],
    ['x', 'a pax extension'],
    ['g', 'a pax extension'],
    ['L', 'a GNU extension'],
    ['K', 'a GNU extension'],
    ['S', 'unknown'],
    ['\0', 'unknown'],
  ])('an entry of type %j', (type, what) => {
    const read = () => readArchive(tar({ path: 'entry', type }))
    expect(read).toThrow(refusal('ARCHIVE_ENTRY_TYPE', 'entry'))
    expect(read).toThrow(new RegExp(what))
  })
  it.each([
    ['two files of one path', tar({ path: 'twice' }, { path: 'twice' }), 'ARCHIVE_DUPLICATE', 'twice'],
    ['a long path by its prefix', tar({ put: { 345: '..' } }), 'ARCHIVE_PATH', 'a'],
    ['a link’s target', tar({ put: { 157: '/etc/passwd' } }), 'ARCHIVE_NOT_CANONICAL', 'a'],
    ['an owner', tar({ put: { 265: 'root' } }), 'ARCHIVE_NOT_CANONICAL', 'a'],
    ['a mode that runs', tar({ put: { 100: '0000755\0' } }), 'ARCHIVE_NOT_CANONICAL', 'a'],
    ['a time', tar({ put: { 136: '00000000001\0' } }), 'ARCHIVE_NOT_CANONICAL', 'a'],
    ['a size in base 256', tar({ put: { 124: '\x80' } }), 'ARCHIVE_FORMAT', undefined],
    ['a size beyond the end', tar({ put: { 124: '77777777777\0' } }), 'ARCHIVE_TRUNCATED', 'a'],
    ['GNU’s own format', tar({ put: { 257: 'ustar  \0' } }), 'ARCHIVE_FORMAT', undefined],
    ['bytes behind the end', Buffer.concat([tar({}), Buffer.from('x')]), 'ARCHIVE_TRAILING', undefined],
    ['a second archive behind the first', Buffer.concat([tar({}), tar({ path: 'b' })]), 'ARCHIVE_TRAILING', undefined],
    ['no end', tar({}).subarray(0, BLOCK), 'ARCHIVE_TRUNCATED', undefined],
    ['half an end', tar({}).subarray(0, 2 * BLOCK), 'ARCHIVE_TRUNCATED', undefined],
    ['gzip', Buffer.from('1f8b08', 'hex'), 'ARCHIVE_COMPRESSED', undefined],
    ['zstd', Buffer.from('28b52ffd', 'hex'), 'ARCHIVE_COMPRESSED', undefined],
    ['a zip', Buffer.from('504b0304', 'hex'), 'ARCHIVE_COMPRESSED', undefined],
    ['nothing', Buffer.of(), 'ARCHIVE_TRUNCATED', undefined],
    [
      'too many files',
      tar(...Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}` }))),
      'ARCHIVE_TOO_MANY_FILES',
      'f10000',
    ],
  ])('%s', (_, bytes, code, field) => {
    expect(() => readArchive(bytes)).toThrow(refusal(code, field))
  })
  it('bytes hidden in padding', () => {
    const bytes = tar({ bytes: Buffer.from('x') })
    bytes[BLOCK + 100] = 1
    expect(() => readArchive(bytes)).toThrow(refusal('ARCHIVE_NOT_CANONICAL', 'a'))
  })
  it('a header whose sum is wrong', () => {
    const bytes = tar({})
    bytes[150] = (bytes[150] ?? 0) ^ 1
    expect(() => readArchive(bytes)).toThrow(refusal('ARCHIVE_CHECKSUM', 'a'))
  })
  it('a name that would steer a terminal is shown as question marks', () => {
    expect(() => readArchive(tar({ path: 'a\u001b[2Jb' }))).toThrow(refusal('ARCHIVE_PATH', 'a?[2Jb'))
  })
})

it('never answers noise with anything but a typed refusal', () => {
  const good = tar({ path: 'VERIFY.txt', bytes: Buffer.from('text') }, { path: 'b', bytes: Buffer.alloc(700, 3) })
  // A linear congruential generator: the same noise every time.
  let state = 12_345
  const draw = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below
  let refused = 0
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(good.subarray(0, draw(4) === 0 ? draw(good.length) : good.length))
    for (let flips = 0; flips <= draw(8) && bytes.length > 0; flips++) bytes[draw(bytes.length)] = draw(256)
    try {
      readArchive(bytes)
    } catch (error) {
      if (!isDomainError(error) || !error.code.startsWith('ARCHIVE_')) throw error
      refused += 1
    }
  }
  // Only noise inside a file’s own bytes is none of the archive’s business.
  expect(refused).toBeGreaterThan(2000)
})
