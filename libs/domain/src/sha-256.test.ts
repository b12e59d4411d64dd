import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacSha256, sha256 } from './sha-256.js'

const messages = ['', 'abc', 'ü 忘れる', 'x'.repeat(1000)]

describe('hashes', () => {
  it('are those of FIPS 180-4 and of OpenSSL, for bytes and for text', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    for (const message of messages) {
      const expected = createHash('sha256').update(message).digest('hex')
      expect([sha256(message), sha256(new TextEncoder().encode(message))]).toEqual([expected, expected])
    }
  })

  it('are keyed as OpenSSL keys them, also by a key longer than a block', () => {
    for (const key of [new Uint8Array(32).fill(7), new Uint8Array(200).fill(9)])
      for (const message of messages)
        expect(Buffer.from(hmacSha256(key, message)).toString('hex')).toBe(
          createHmac('sha256', key).update(message).digest('hex'),
        )
  })
})
