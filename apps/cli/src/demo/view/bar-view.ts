import { MultiBar, type SingleBar } from 'cli-progress'
import { describeProgress, type DemoView } from './demo-view.js'

const LABEL_WIDTH = 26

/** A bar for each run, for terminals. */
export function createBarView(stream: NodeJS.WriteStream): DemoView {
  const bars = new Map<string, SingleBar>()
  let group: MultiBar | null = null
  const open = (): MultiBar =>
    (group ??= new MultiBar({
      stream,
      format: '  {label} {bar} {percentage} % {detail}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: false,
      linewrap: false,
      gracefulExit: false,
      fps: 8,
    }))
  const pad = (label: string) => label.slice(0, LABEL_WIDTH).padEnd(LABEL_WIDTH)
  const close = () => {
    group?.stop()
    group = null
    bars.clear()
  }
  const write = (text: string) => {
    close()
    stream.write(`${text}\n`)
  }
  const barOf = (runId: string, label: string): SingleBar => {
    const bar = bars.get(runId) ?? open().create(100, 0, { label: pad(label), detail: '' })
    bars.set(runId, bar)
    return bar
  }
  return {
    heading: (text) => write(`\n${text}`),
    note: (text) => write(`  ${text}`),
    progress: (runId, label, progress) =>
      barOf(runId, label).update(Math.round(progress.fraction * 100), { detail: describeProgress(progress) }),
    finish: (runId, label, outcome) => barOf(runId, label).update(100, { detail: outcome }),
    close,
  }
}
