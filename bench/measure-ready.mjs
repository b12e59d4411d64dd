import { processesOf, startTimed } from './bench-platform.mjs'
import { readFamilyUsage, usageTable } from './process-usage.mjs'

const warmStarts = 3

/** Time until every service answers: first with nothing there, then with the state of the start before. */
export async function measure(stateDir) {
  const starts = []
  let usage = []
  for (let start = 0; start <= warmStarts; start++) {
    const { platform, seconds, marks } = await startTimed(stateDir)
    try {
      starts.push({ kind: start === 0 ? 'cold' : 'warm', seconds, marks })
      usage = readFamilyUsage(processesOf(platform))
    } finally {
      const stoppingAt = performance.now()
      await platform.stop()
      starts.at(-1).stopSeconds = (performance.now() - stoppingAt) / 1000
    }
  }
  return {
    figures: { starts, usageWhenReady: usage },
    tables: [
      {
        title: 'time to ready',
        columns: ['start', 'ready s', 'stop s'],
        rows: starts.map(({ kind, seconds, stopSeconds }) => [kind, seconds, stopSeconds]),
      },
      usageTable(usage),
    ],
  }
}
