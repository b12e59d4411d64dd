import type { ScreenWords } from './words.js'

export interface Screen {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether a line can be written over. */
  readonly isTerminal: boolean
}

/** Lines at most this often where nothing can be written over, as shares of the whole. */
const STEP = 0.1

/** One line that says how far the questions are and how long the rest will take, by the pace so far. */
export function progressLine(screen: Screen, words: ScreenWords, total: number, now: () => number) {
  const startMs = now()
  let done = 0
  let shown = 0
  let isOpen = false
  const close = () => {
    if (isOpen) screen.err('\n')
    isOpen = false
  }
  return {
    answered: (count: number): void => {
      done += count
      const of = Math.max(total, done)
      const seconds = ((now() - startMs) / 1000 / done) * (of - done)
      const text = words.progress(done, of, words.duration(seconds))
      if (screen.isTerminal) {
        screen.err(`\r\u001b[K${text}`)
        isOpen = true
      } else if (done / total >= shown + STEP) {
        shown += STEP
        screen.err(`${text}\n`)
      }
    },
    say: (text: string): void => {
      close()
      screen.err(`${text}\n`)
    },
    close,
  }
}
