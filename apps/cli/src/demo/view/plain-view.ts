import type { Progress } from '@lethe/domain'
import { describeProgress, type DemoView } from './demo-view.js'

const STEP = 0.1

/** One line for every tenth of a run: for logs and pipes. */
export function createPlainView(write: (line: string) => void): DemoView {
  const shown = new Map<string, number>()
  return {
    heading: (text) => write(`\n${text}`),
    note: (text) => write(`  ${text}`),
    progress: (runId: string, label: string, progress: Progress) => {
      const reached = Math.floor(progress.fraction / STEP)
      if (reached <= (shown.get(runId) ?? -1)) return
      shown.set(runId, reached)
      write(`  ${label}: ${Math.round(progress.fraction * 100)} % · ${describeProgress(progress)}`)
    },
    finish: (_runId, label, outcome) => write(`  ${label}: ${outcome}`),
    close: () => undefined,
  }
}
