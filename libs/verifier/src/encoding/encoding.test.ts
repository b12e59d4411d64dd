import { describe, expect, it } from 'vitest'
import { rawSignature } from '../crypto/ecdsa.js'
import { base64FromBytes, bytesFromBase64 } from './base64.js'
import { canonicalText, parseCanonicalJson } from './canonical-json.js'
import { bytesFromHex, hexFromBytes } from './hex.js'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('base64', () => {
  it('is read where it is the one text of its bytes', () => {
    for (const length of [0, 1, 2, 3, 4, 100, 20_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) % 256)
      expect(bytesFromBase64(base64FromBytes(bytes))).toEqual(bytes)
      expect(base64FromBytes(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }
  })
  it.each(['AA', 'AA=', 'AAA', 'A===', 'AB==', 'AAE=A', ' AAAA', 'AAAA\n', 'AA-_', '=', 'AAB='])(
    '%j is refused',
    (text) => {
      expect(bytesFromBase64(text)).toBeNull()
    },
  )
})

describe('hex', () => {
  it('is lower-case and whole', () => {
    expect(hexFromBytes(bytesFromHex('00ff10') ?? Uint8Array.of())).toBe('00ff10')
    for (const text of ['0', 'FF', '0g', ' 00']) expect(bytesFromHex(text)).toBeNull()
  })
})

describe('canonical JSON (RFC 8785)', () => {
  it('is what the RFC shows for numbers, strings and the order of keys', () => {
    const numbers: unknown = JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]')
    expect(canonicalText(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27]')
    const text = '\u20ac$\u000f\u000aA\'B"\\\\"/'
    expect(canonicalText(text)).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"')
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalText(keys)) as object)).toHaveLength(7)
    expect(canonicalText(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
  })
  it.each(['{"a":1}', '[]', '"x"', 'null', '{"__proto__":1}', '{"a":{"b":[true,false,null,-1.5]}}'])(
    'takes %j',
    (text) => {
      expect(parseCanonicalJson(utf8(text))).toEqual(JSON.parse(text))
    },
  )
  it.each([
    '{"a":1} ',
    '{ "a":1}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e0}',
    '{"a":-0}',
    '{"a":"\\u0061"}',
    '{"a":"\\ud800"}',
    '\ufeff{}',
    '',
    '{',
    '[1e400]',
    '[NaN]',
    `${'['.repeat(65)}${']'.repeat(65)}`,
    `${'{"a":'.repeat(100_000)}1`,
  ])('refuses what is not: %#', (text) => {
    expect(parseCanonicalJson(utf8(text))).toBeNull()
  })
  it('refuses bytes that are no UTF-8', () => {
    expect(parseCanonicalJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeNull()
  })
})

describe('a signature in DER', () => {
  const good = `3044${'0220' + '11'.repeat(32)}${'0220' + '22'.repeat(32)}`
  const read = (hex: string) => rawSignature(Uint8Array.from(Buffer.from(hex, 'hex')), 32)
  it('becomes r and s of 32 bytes each, padding taken away and added', () => {
    expect(Buffer.from(read(good) ?? []).toString('hex')).toBe('11'.repeat(32) + '22'.repeat(32))
    expect(Buffer.from(read('3008' + '0203008001' + '020107') ?? []).toString('hex')).toBe(
      `${'00'.repeat(30)}8001${'00'.repeat(31)}07`,
    )
  })
  it.each([
    ['no sequence', `31${good.slice(2)}`],
    ['a wrong length', `3045${good.slice(4)}`],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['bytes behind it', `${good}00`],
    ['a negative number', '3006020180020101'],
    ['needless padding', '300702020001020101'],
    ['an empty number', '30050200020101'],
    ['a number too long', `3026022101${'00'.repeat(32)}020101`],
    ['a long length that is short', `3081${good.slice(2)}`],
    ['nothing', ''],
  ])('with %s is refused', (_, hex) => {
    expect(read(hex)).toBeNull()
  })
})
