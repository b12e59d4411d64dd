/** East Asian wide characters take two columns (Unicode UAX #11, the blocks that are used here). */
const isWide = (character: string): boolean =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character)

const columnsOf = (text: string): number => [...text].reduce((sum, character) => sum + (isWide(character) ? 2 : 1), 0)

/** Lines of at most `width` columns, those after the first indented; words that are longer stand alone. Wide text breaks anywhere. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  const begin = /^\s*/.exec(text)?.[0] ?? ''
  let line = begin
  let isFresh = true
  for (const word of piecesOf(text.slice(begin.length))) {
    if (!isFresh && columnsOf(line) + columnsOf(word.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += word
    isFresh = false
  }
  return [...lines, line.trimEnd()]
}

/** Words with the space behind them; each wide character by itself, but for punctuation, which stays with what it follows. */
const piecesOf = (text: string): string[] =>
  text.match(/[\u3040-\u30ff\u3400-\u9fff][。、）」：]*\s*|[^\s\u3040-\u30ff\u3400-\u9fff]+\s*|\s+/gu) ?? []
