// npm run experiment:unlearning -- [--seeds 0,1,2,3,4] [--frameworks simclr,moco,clip] [--methods …] [--quick] [--tune] [--out DIR]
// Pretrains, retrains and unlearns on emoji, measures every model by the table of the paper and by what the audit looks at, and
// writes Markdown, plots and JSON. --tune runs every setting of every method instead; use seeds that no table shows.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Framework } from '@lethe/domain'
import { openBackend } from '../open-backend.js'
import { bestSettings } from './best-settings.js'
import { drawPlots } from './draw-plots.js'
import { chosenSetting, methodNames, settingsToTune, type MethodName } from './methods.js'
import { runSeed, type Row } from './run-seed.js'
import { summarise } from './summarise.js'
import { writeReport } from './write-report.js'
import { labelOf } from './write-tables.js'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '0,1,2,3,4' },
    frameworks: { type: 'string', default: 'simclr,moco,clip' },
    methods: { type: 'string', default: methodNames.join() },
    quick: { type: 'boolean', default: false },
    tune: { type: 'boolean', default: false },
    out: { type: 'string', default: 'experiments/unlearning/results' },
  },
})
const list = (text: string) => text.split(',').filter((part) => part !== '')
const frameworks = list(values.frameworks) as Framework[]
const methods = list(values.methods) as MethodName[]
const seeds = list(values.seeds).map(Number)
/** Enough epochs to see that everything runs, and nothing else. */
const QUICK = 0.05

const startedAt = performance.now()
const say = (text: string) =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${text}`)
const device = await openBackend()
say(device.backendVersion)

const rows: Row[] = []
for (const framework of frameworks)
  for (const seed of seeds) {
    const plan = methods.flatMap((name) =>
      (values.tune ? settingsToTune(framework, name) : [chosenSetting(framework, name)]).map((setting) => ({
        name,
        setting,
      })),
    )
    for await (const row of runSeed({ framework, seed, share: values.quick ? QUICK : 1, methods: plan })) {
      rows.push(row)
      const { agreement, whiteBox } = row.measures
      say(
        `${framework} ${seed} ${labelOf(row)}: AUC ${agreement.auc.toFixed(3)}, TA ${(100 * (whiteBox.testAccuracy ?? 0)).toFixed(1)}, ${row.cpuSeconds.toFixed(1)} CPU s`,
      )
    }
  }

const summaries = summarise(rows)
const report = writeReport(summaries, rows, device.backendVersion)
console.log(`\n${report}`)
const out = path.resolve(values.out)
mkdirSync(out, { recursive: true })
writeFileSync(path.join(out, 'unlearning.md'), report)
writeFileSync(path.join(out, 'unlearning.json'), `${JSON.stringify({ device, rows }, null, 1)}\n`)
if (values.tune) console.log(bestSettings(summaries))
else for (const [name, svg] of drawPlots(summaries)) writeFileSync(path.join(out, name), svg)
process.exit(0)
