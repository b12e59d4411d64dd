import { describe, expect, it } from 'vitest'
import { END, PADDING, tokenizeTexts, VOCABULARY } from './byte-tokens.js'

const rowsOf = (texts: string[], contextLength: number): number[][] => {
  const tokens = [...tokenizeTexts(texts, contextLength)]
  return texts.map((_, row) => tokens.slice(row * contextLength, (row + 1) * contextLength))
}
const read = (row: number[]) =>
  new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(row.slice(0, row.indexOf(END)), (token) => token - 3),
  )

describe('tokenizeTexts', () => {
  it('gives ByT5’s tokens: bytes of UTF-8 plus 3, the end, padding', () => {
    expect(rowsOf(['aé', ''], 6)).toEqual([
      [97 + 3, 0xc3 + 3, 0xa9 + 3, END, PADDING, PADDING],
      [END, PADDING, PADDING, PADDING, PADDING, PADDING],
    ])
  })

  it('cuts long texts between characters, and always ends them', () => {
    const text = 'a€😀é'
    for (let length = 4; length <= 12; length++) {
      const [row] = rowsOf([text], length) as [number[]]
      expect(row.filter((token) => token === END).length).toBe(1)
      expect(text.startsWith(read(row))).toBe(true)
    }
    expect(read(rowsOf([text], 8)[0] as number[])).toBe('a€')
    expect(read(rowsOf([text], 9)[0] as number[])).toBe('a€😀')
  })

  it('stays within the vocabulary whatever the text, half a surrogate pair included', () => {
    const tokens = tokenizeTexts(['\ud83d', '\u0000\uffff', '𐍈'.repeat(9)], 16)
    expect(Math.min(...tokens)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...tokens)).toBeLessThan(VOCABULARY)
    expect(read([...tokens.subarray(0, 16)])).toBe('\ufffd')
  })
})
